// Replays the public orders of one chip from the first on, as its governor must have. Host only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daymark/bundle/charters.h"
#include "daymark/bundle/verify.h"
#include "daymark/order/leaf_file.h"
#include "daymark/order/proven.h"
#include "daymark/ranging/receipt_verifier.h"

namespace daymark::bundle {

/// What a proven leaf says, without views.
struct LeafFacts {
  bool licence = false;
  std::uint64_t id = 0;
  UnixMillis not_after;
  UnixMillis logged_at;
};

/// The first four bytes as hexadecimal, for sentences.
[[nodiscard]] std::string to_short_hex(ByteView bytes);

/// Failures name the part. Not thread-safe.
class Replay {
 public:
  /// Begins under the fleet's first charter. Errors: errc::charter_*.
  [[nodiscard]] Outcome<void> start(const std::vector<Byte>& charter);

  /// Proves one order under the charter that it names and puts it into its stream.
  /// Errors: those of prove_order and prove_enrol, errc::order_stream, errc::bundle_chip.
  [[nodiscard]] Outcome<void> apply(const Part& part);

  /// The leaf's batch is proven, and the leaf is this chip's. Errors: as apply, those of
  /// prove_leaf.
  [[nodiscard]] Outcome<LeafFacts> prove_licence(const Part& batch, const Part& leaf,
                                                 const order::LeafFile& file);

  /// A receipt of one of the charters' beacons for this chip. Errors: errc::receipt_*.
  [[nodiscard]] Outcome<ranging::Receipt> verify_ranging(const Part& part);

  [[nodiscard]] const std::optional<crypto::PublicKey>& chip() const { return chip_; }

  [[nodiscard]] const order::StreamHead& fleet_head() const { return fleet_; }

  [[nodiscard]] const order::StreamHead& own_head() const { return own_; }

  [[nodiscard]] const Digest& first_charter() const { return first_charter_; }

  /// Where in the application this order stands. Errors: errc::bundle_receipt.
  [[nodiscard]] Result<std::size_t> place_of(const Digest& order) const;

  [[nodiscard]] const std::vector<Statement>& statements() const { return statements_; }

 private:
  [[nodiscard]] Outcome<const order::Charter*> charter_of(const governor::OrderParts& parts,
                                                          const std::string& name) const;
  [[nodiscard]] Outcome<void> chain(const order::ProvenOrder& proven, const std::string& name);
  [[nodiscard]] Outcome<void> chain_own(const order::ProvenOrder& proven, const std::string& name);
  [[nodiscard]] Outcome<void> enrol(const governor::OrderParts& parts,
                                    const order::Charter& charter, const std::string& name);
  [[nodiscard]] Outcome<void> take_over_charter(const order::ProvenOrder& proven,
                                                const std::string& name);
  void note(const order::ProvenOrder& proven, const order::Charter& charter);

  Charters charters_;
  Digest first_charter_{};
  std::optional<crypto::PublicKey> chip_;
  order::StreamHead fleet_;
  order::StreamHead own_;
  std::vector<Digest> applied_;
  std::vector<Statement> statements_;
  ranging::ReceiptVerifier rangings_;
  std::unique_ptr<order::ProofScratch> scratch_ = std::make_unique<order::ProofScratch>();
};

}  // namespace daymark::bundle
