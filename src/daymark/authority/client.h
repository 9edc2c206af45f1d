// A typed client of the authority's HTTP interface, for agents and the command line. Host only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/base/ids.h"
#include "daymark/governor/client.h"

namespace daymark::authority {

/// A batch to be signed: the order file and every leaf that it commits to.
struct DraftedBatch {
  std::vector<Byte> order_file;
  std::vector<std::vector<Byte>> leaves;
};

/// One authority. Nothing it answers is trusted: chips and verifiers check for themselves.
/// Errors: those of net/http_client.h; errc::authority_refused with the authority's own sentence as
/// detail; errc::cbor_* where an answer is malformed. Safe from several threads.
class AuthorityClient {
 public:
  explicit AuthorityClient(std::string url) : url_(std::move(url)) {}

  [[nodiscard]] const std::string& url() const { return url_; }

  [[nodiscard]] Outcome<std::vector<Byte>> charter() const;
  /// The JSON answer of POST /orders.
  [[nodiscard]] Outcome<std::string> submit(ByteView order_file) const;
  [[nodiscard]] Outcome<std::vector<governor::OrderParts>> feed(const ChipId& chip,
                                                                std::uint64_t fleet_seq,
                                                                std::uint64_t own_seq) const;
  [[nodiscard]] Outcome<governor::OrderParts> message(const std::string& order_hash) const;
  /// None where the chip has no leaf yet.
  [[nodiscard]] Outcome<std::optional<governor::LeafParts>> leaf(const ChipId& chip) const;
  [[nodiscard]] Outcome<DraftedBatch> draft_batch(const std::string& terms_json) const;

  [[nodiscard]] Outcome<void> post_renewal(ByteView request) const;
  [[nodiscard]] Outcome<void> post_receipt(ByteView receipt) const;
  /// The JSON answer: whether the attestation agrees with the log.
  [[nodiscard]] Outcome<std::string> post_attestation(ByteView attestation) const;
  [[nodiscard]] Outcome<void> post_ranging(const ChipId& chip,
                                           const std::vector<std::vector<Byte>>& receipts) const;
  [[nodiscard]] Outcome<void> post_verdict(const std::string& json) const;

  /// Any route as text or bytes: "/chips", "/checkpoint"…
  [[nodiscard]] Outcome<std::string> get(const std::string& path) const;

 private:
  [[nodiscard]] Outcome<std::string> post(const std::string& path, ByteView body,
                                          std::string_view type) const;

  std::string url_;
};

}  // namespace daymark::authority
