// Puts a bundle together from what an authority keeps; proves nothing, the verifier does. Host
// only.
#pragma once

#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/bundle/charters.h"
#include "daymark/bundle/format.h"
#include "daymark/order/leaf_file.h"

namespace daymark::bundle {

/// The licence id that the chip attests: which leaf belongs into its bundle; 0 for none.
/// Errors: errc::cose_*, errc::gov_document, errc::cbor_*, about "attestation".
[[nodiscard]] Outcome<std::uint64_t> attested_licence(ByteView attestation);

/// The parts may be added in any turn, but orders in the order of application and after the
/// charter. Not thread-safe.
class Builder {
 public:
  /// The fleet's first charter; the later ones come out of the orders. Errors: errc::charter_*.
  [[nodiscard]] static Outcome<Builder> begin(std::vector<Byte> charter);

  /// Errors: errc::order_charter where no charter so far is the order's, those of
  /// parse_signed_order and bound_proof.
  [[nodiscard]] Outcome<void> add_order(const governor::OrderParts& order);
  [[nodiscard]] Outcome<void> add_leaf(const governor::OrderParts& batch,
                                       const order::LeafFile& leaf);
  void add_receipt(std::vector<Byte> receipt);
  void add_attestation(std::vector<Byte> attestation);
  void add_ranging(std::vector<Byte> receipt);
  /// Errors: those of make_device_parts.
  [[nodiscard]] Outcome<void> add_device(ByteView file, const std::string& chain);

  /// Sorted and named, without the orders that came after the attestation, and their receipts: a
  /// chip may take them while the parts are collected. Receipts stand in the turn of their orders,
  /// rangings in that of their times; of what can't be read the last. Errors: those of arrange.
  [[nodiscard]] Outcome<std::vector<Part>> finish() &&;

 private:
  Builder() = default;

  [[nodiscard]] Outcome<std::vector<Byte>> bound_part(const governor::OrderParts& order,
                                                      const Digest& charter,
                                                      const std::string& name) const;
  /// Where an order stands, or would: behind the last for one that isn't there.
  [[nodiscard]] std::size_t place_of(const Digest& order) const;
  void leave_out_later_orders();

  struct Placed {
    Digest hash{};
    bool fleet = false;
    Part part;
  };

  Charters charters_;
  std::vector<Placed> orders_;
  std::vector<Part> parts_;
  std::vector<Part> receipts_;
  std::vector<Part> rangings_;
};

}  // namespace daymark::bundle
