// A typed client of the authority's HTTP interface, for agents and the command line. Host only.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daymark/authority/answers.h"
#include "daymark/base/failure.h"
#include "daymark/base/ids.h"
#include "daymark/net/http_client.h"

namespace daymark::authority {

/// Takes one item of a walk; an error ends it.
using TakeBytes = std::function<Outcome<void>(ByteView item)>;

/// What the agent of one chip asks of an authority: AuthorityClient, or a test's own.
class ChipServices {
 public:
  virtual ~ChipServices() = default;

  /// Orders after these positions of the two streams, in the order of the log.
  [[nodiscard]] virtual Outcome<std::vector<governor::OrderParts>> feed(
      const ChipId& chip, std::uint64_t fleet_seq, std::uint64_t own_seq) const = 0;
  /// Against one order, oldest first.
  [[nodiscard]] virtual Outcome<std::vector<AppealParts>> appeals(const Digest& order) const = 0;
  /// None where the chip has no leaf yet.
  [[nodiscard]] virtual Outcome<std::optional<governor::LeafParts>> leaf(
      const ChipId& chip) const = 0;
  [[nodiscard]] virtual Outcome<void> post_renewal(ByteView request) const = 0;
  [[nodiscard]] virtual Outcome<void> post_receipt(ByteView receipt) const = 0;
  /// The JSON answer: whether the attestation agrees with the log.
  [[nodiscard]] virtual Outcome<std::string> post_attestation(ByteView attestation) const = 0;
  [[nodiscard]] virtual Outcome<void> post_ranging(
      const ChipId& chip, const std::vector<std::vector<Byte>>& receipts) const = 0;
};

/// One authority. Nothing it answers is trusted: chips and verifiers check for themselves.
/// Errors: those of net/http_client.h; errc::authority_refused with the authority's own sentence as
/// detail; errc::cbor_* where an answer is malformed. Safe from several threads.
class AuthorityClient final : public ChipServices {
 public:
  /// Without access only the public routes answer.
  explicit AuthorityClient(std::string url, net::HttpAccess access = {})
      : url_(std::move(url)), access_(std::move(access)) {}

  [[nodiscard]] const std::string& url() const { return url_; }

  [[nodiscard]] Outcome<std::vector<Byte>> charter() const;
  /// The JSON answer of POST /orders.
  [[nodiscard]] Outcome<std::string> submit(ByteView order_file) const;
  [[nodiscard]] Outcome<std::vector<governor::OrderParts>> feed(
      const ChipId& chip, std::uint64_t fleet_seq, std::uint64_t own_seq) const override;
  [[nodiscard]] Outcome<std::vector<AppealParts>> appeals(const Digest& order) const override;
  /// The JSON answer of POST /appeals.
  [[nodiscard]] Outcome<std::string> submit_appeal(ByteView envelope) const;
  /// The JSON answer of POST /findings.
  [[nodiscard]] Outcome<std::string> submit_finding(ByteView file) const;
  /// Nothing in it is verified. Errors: errc::authority_not_found where it is not on record.
  [[nodiscard]] Outcome<FindingParts> finding(const Digest& hash) const;
  [[nodiscard]] Outcome<governor::OrderParts> message(const std::string& order_hash) const;
  [[nodiscard]] Outcome<std::optional<governor::LeafParts>> leaf(const ChipId& chip) const override;
  /// The leaf with this licence id, also while a newer one is on its way.
  [[nodiscard]] Outcome<governor::LeafParts> leaf(const ChipId& chip, std::uint64_t licence) const;
  [[nodiscard]] Outcome<DraftedBatch> draft_batch(const std::string& terms_json) const;

  [[nodiscard]] Outcome<void> post_renewal(ByteView request) const override;
  /// A site's relay hands in what many chips signed; one verdict for each. Errors: as above,
  /// errc::cbor_*.
  [[nodiscard]] Outcome<std::vector<Result<Digest>>> post_renewals(
      std::span<const ByteView> requests) const;
  [[nodiscard]] Outcome<void> post_receipt(ByteView receipt) const override;
  [[nodiscard]] Outcome<std::string> post_attestation(ByteView attestation) const override;
  [[nodiscard]] Outcome<void> post_ranging(
      const ChipId& chip, const std::vector<std::vector<Byte>>& receipts) const override;
  [[nodiscard]] Outcome<void> post_verdict(const std::string& json) const;

  /// Calls `take` with each leaf of a batch in the order of the slots, page by page; its first
  /// error ends the walk and is returned. Errors: as above, errc::authority_list_endless.
  [[nodiscard]] Outcome<void> each_leaf(const Digest& root, const TakeBytes& take) const;

  /// One page of a list; `cursor` is empty for the first.
  [[nodiscard]] Outcome<ListAnswer> list_page(const std::string& path,
                                              const std::string& cursor) const;
  /// Every item of a list, page by page, as one document: {"items":[…]}. Errors: as above,
  /// errc::authority_list_endless where its pages don't lead on.
  [[nodiscard]] Outcome<std::string> list(const std::string& path) const;

  /// Any route as text or bytes: "/chips", "/checkpoint"…
  [[nodiscard]] Outcome<std::string> get(const std::string& path) const;

 private:
  [[nodiscard]] Outcome<std::string> post(const std::string& path, ByteView body,
                                          std::string_view type,
                                          const net::HttpLimits& limits = {}) const;

  std::string url_;
  net::HttpAccess access_;
};

}  // namespace daymark::authority
