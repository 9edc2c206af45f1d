// Makes an order public: durable in the log, in the tree, cosigned, proven. Host only.
#pragma once

#include <functional>
#include <map>
#include <optional>
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

/// The newest checkpoint of our log that a mirror serves; asked for only where a peer says that it
/// cosigned a larger tree than ours.
using FetchHead = std::function<Outcome<std::string>(const net::WitnessPeer& mirror)>;

/// How a publisher reaches witnesses and mirrors.
struct PeerAccess {
  AskWitness ask;
  FetchHead fetch_head;  ///< may be empty: then only the peer's word is known
};

/// URLs of a policy's witnesses or mirrors, each once; none where it is no policy.
[[nodiscard]] std::vector<std::string> urls_of(std::string_view policy);

/// How long the last publication took, by step: for benchmarks and metrics.
struct PublishTimes {
  std::int64_t append_us = 0;
  std::int64_t sign_us = 0;
  std::int64_t cosign_us = 0;
};

/// Owns the log. A head that somebody cosigned is kept in the records, apart from the log's folder:
/// where the folder turns out to be older, the log signs nothing more. Not thread-safe; `resource`
/// alone may be called beside everything else.
class Publisher {
 public:
  /// `records` outlives the publisher.
  Publisher(tlog::LogStore log, PeerAccess peers, Records& records)
      : log_(std::move(log)), peers_(std::move(peers)), records_(records) {}

  /// Compares the log with the newest cosigned head in the records; the other functions do so
  /// before they change anything. Errors: errc::log_behind, errc::log_forked: the folder was
  /// restored from an older copy, and from now on the log does not open.
  [[nodiscard]] Outcome<void> check_cosigned_head();

  /// Index of `entry`, appended unless the log holds the same bytes already: neither a crash
  /// between the log and the database nor a witness that was down logs an order twice. The first
  /// call reads the whole log. Errors: those of check_cosigned_head and of LogStore::append.
  [[nodiscard]] Outcome<LeafIndex> append_once(ByteView entry);

  /// Signs the newest head and gathers every cosignature that the charter's policies name. A
  /// witness that is down is left out; whether the rest fill the quorum is judged by whoever
  /// proves. A head with a cosignature is in the records when it returns.
  /// Errors: those of check_cosigned_head, also where a mirror serves such a head.
  [[nodiscard]] Outcome<std::string> cosigned_checkpoint(const order::Charter& charter);

  /// The newest head of this log with a cosignature; empty where there is none.
  [[nodiscard]] Outcome<std::string> cosigned_head() const {
    return records_.cosigned_head(log_.origin());
  }

  /// errc::net_witness_ahead, where a peer said in the last round that it cosigned a larger tree of
  /// this log. One peer alone could lie, so it is no more than the likely reason for a quorum that
  /// is not met.
  [[nodiscard]] const std::optional<Failure>& ahead() const { return ahead_; }

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
  [[nodiscard]] Outcome<std::string> ask(const net::WitnessPeer& peer,
                                         const std::string& checkpoint);
  [[nodiscard]] Outcome<void> learn_from(const net::WitnessPeer& peer);
  [[nodiscard]] Outcome<void> keep(const std::string& cosigned);

  tlog::LogStore log_;
  PeerAccess peers_;
  Records& records_;
  bool checked_ = false;  ///< whether the records' head was compared
  std::optional<Failure> ahead_;
  std::map<std::string, TreeSize> cosigned_;  ///< by URL: what the peer cosigned last
  std::map<Digest, LeafIndex> known_;         ///< by SHA-256: the entries before `indexed_`
  TreeSize indexed_;
  PublishTimes times_;
};

}  // namespace daymark::authority
