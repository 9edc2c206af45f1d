// Makes an order public: durable in the log, in the tree, cosigned, proven. Host only.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "daymark/authority/records.h"
#include "daymark/net/witness_client.h"
#include "daymark/order/charter.h"
#include "daymark/tlog/log_store.h"

namespace daymark::authority {

/// Asks one witness or mirror for its cosignature; net::request_cosignature, or a test's own.
using AskWitness = std::function<Outcome<std::string>(const net::WitnessPeer& witness,
                                                      const net::CosignatureRequest& request)>;

/// How long the last publication took, by step: for benchmarks and metrics.
struct PublishTimes {
  std::int64_t append_us = 0;
  std::int64_t sign_us = 0;
  std::int64_t cosign_us = 0;
};

/// Owns the log. Not thread-safe; `resource` alone may be called beside everything else.
class Publisher {
 public:
  Publisher(tlog::LogStore log, AskWitness ask) : log_(std::move(log)), ask_(std::move(ask)) {}

  /// Index of `entry`, appended unless the log holds the same bytes already: neither a crash
  /// between the log and the database nor a witness that was down logs an order twice. The first
  /// call reads the whole log.
  [[nodiscard]] Outcome<LeafIndex> append_once(ByteView entry);

  /// Signs the newest head and gathers every cosignature that the charter's policies name. A
  /// witness that is down is left out; whether the rest fill the quorum is judged by whoever
  /// proves.
  [[nodiscard]] Outcome<std::string> cosigned_checkpoint(const order::Charter& charter);

  /// A tlog-proof of one entry under `checkpoint`. Errors: errc::tlog_index.
  [[nodiscard]] Outcome<std::string> prove(LeafIndex index, const std::string& checkpoint) const;

  /// Static files of the log.
  [[nodiscard]] Outcome<std::vector<Byte>> resource(const std::string& path) const {
    return log_.resource(path);
  }

  [[nodiscard]] const tlog::LogStore& log() const { return log_; }

  [[nodiscard]] const PublishTimes& times() const { return times_; }

 private:
  /// The peer's signature lines, or none where it doesn't answer.
  [[nodiscard]] std::string ask(const net::WitnessPeer& peer, const std::string& checkpoint);

  tlog::LogStore log_;
  AskWitness ask_;
  std::map<std::string, TreeSize> cosigned_;  ///< by URL: what the peer cosigned last
  std::map<Digest, LeafIndex> known_;         ///< by SHA-256: the entries before `indexed_`
  TreeSize indexed_;
  PublishTimes times_;
};

}  // namespace daymark::authority
