#include "daymark/bundle/builder.h"

#include <algorithm>
#include <limits>
#include <set>

#include "daymark/bundle/arrangement.h"
#include "daymark/bundle/bound_proof.h"
#include "daymark/bundle/device_part.h"
#include "daymark/cbor/cose.h"
#include "daymark/governor/documents.h"
#include "daymark/order/errors.h"
#include "daymark/ranging/receipt.h"

namespace daymark::bundle {

namespace {

/// The charter that comes into force with this order; empty where none does.
Result<std::vector<Byte>> charter_in(order::OrderKind kind, ByteView content) {
  if (kind == order::OrderKind::amend) {
    DAYMARK_TRY(const order::AmendContent amend, order::parse_amend(content));
    return std::vector<Byte>(amend.charter.begin(), amend.charter.end());
  }
  if (kind != order::OrderKind::transfer) return std::vector<Byte>{};
  DAYMARK_TRY(const order::TransferContent transfer, order::parse_transfer(content));
  return std::vector<Byte>(transfer.charter.begin(), transfer.charter.end());
}

constexpr UnixMillis end_of_time{std::numeric_limits<std::int64_t>::max()};

/// The order that a receipt is about. Errors: as verify_order_receipt, without the signature.
Result<Digest> order_of(const Part& receipt) {
  DAYMARK_TRY(const cbor::Sign1 message, cbor::parse_sign1(receipt.content));
  DAYMARK_TRY(const governor::OrderReceipt read, governor::parse_order_receipt(message.payload));
  return read.order;
}

Result<governor::Attestation> claims_of(ByteView attestation) {
  DAYMARK_TRY(const cbor::Sign1 message, cbor::parse_sign1(attestation));
  return governor::parse_attestation(message.payload);
}

/// Where a beacon's receipt stands among others: by its time, then by its leaf.
std::pair<UnixMillis, std::vector<Byte>> turn_of(const Part& ranging) {
  const auto parts = ranging::split_receipt(ranging.content);
  const auto receipt = ranging::parse_receipt(ranging.content);
  if (!parts || !receipt) return {end_of_time, ranging.content};
  return {receipt->time, {parts->leaf.begin(), parts->leaf.end()}};
}

}  // namespace

Outcome<std::uint64_t> attested_licence(ByteView attestation) {
  DAYMARK_TRY(const governor::Attestation claims, about(claims_of(attestation), "attestation"));
  return claims.licence;
}

Outcome<Builder> Builder::begin(std::vector<Byte> charter) {
  Builder out;
  out.parts_.push_back({PartKind::charter, {}, charter});
  DAYMARK_CHECK(about(out.charters_.add(std::move(charter)), "charter"));
  return out;
}

Outcome<std::vector<Byte>> Builder::bound_part(const governor::OrderParts& order,
                                               const Digest& charter,
                                               const std::string& name) const {
  const order::Charter* const found = charters_.find(charter);
  if (found == nullptr) return refuse(errc::order_charter, name);
  governor::OrderParts bound = order;
  DAYMARK_TRY(bound.proof, about(bound_proof(order.proof, *found), name));
  return print_order_part(bound);
}

Outcome<void> Builder::add_order(const governor::OrderParts& order) {
  const std::string name = "order " + std::to_string(orders_.size() + 1);
  DAYMARK_TRY(const order::SignedOrder read,
              about(order::parse_signed_order(order.envelope), name));
  DAYMARK_TRY(std::vector<Byte> content, bound_part(order, read.order.charter, name));
  orders_.push_back({read.order.hash,
                     read.order.stream() == order::Stream::fleet,
                     {PartKind::order, {}, std::move(content)}});
  DAYMARK_TRY(std::vector<Byte> charter, about(charter_in(read.order.kind, order.content), name));
  if (!charter.empty()) DAYMARK_CHECK(about(charters_.add(std::move(charter)), name));
  return {};
}

Outcome<void> Builder::add_leaf(const governor::OrderParts& batch, const order::LeafFile& leaf) {
  DAYMARK_TRY(const order::SignedOrder read,
              about(order::parse_signed_order(batch.envelope), "batch"));
  DAYMARK_TRY(std::vector<Byte> content, bound_part(batch, read.order.charter, "batch"));
  parts_.push_back({PartKind::batch, {}, std::move(content)});
  parts_.push_back({PartKind::leaf, {}, order::print_leaf_file(leaf)});
  return {};
}

void Builder::add_receipt(std::vector<Byte> receipt) {
  receipts_.push_back({PartKind::receipt, {}, std::move(receipt)});
}

void Builder::add_attestation(std::vector<Byte> attestation) {
  parts_.push_back({PartKind::attestation, {}, std::move(attestation)});
}

void Builder::add_ranging(std::vector<Byte> receipt) {
  rangings_.push_back({PartKind::ranging, {}, std::move(receipt)});
}

Outcome<void> Builder::add_device(ByteView file, const std::string& chain) {
  DAYMARK_TRY(DeviceParts device, make_device_parts(file, chain));
  parts_.push_back(std::move(device.report));
  parts_.push_back(std::move(device.chain));
  return {};
}

std::size_t Builder::place_of(const Digest& order) const {
  return static_cast<std::size_t>(std::ranges::find(orders_, order, &Placed::hash) -
                                  orders_.begin());
}

void Builder::leave_out_later_orders() {
  const auto attestation = std::ranges::find(parts_, PartKind::attestation, &Part::kind);
  if (attestation == parts_.end()) return;
  const auto claims = claims_of(attestation->content);
  if (!claims) return;  // the verifier names it
  std::uint64_t fleet = 0;
  std::uint64_t own = 0;
  std::set<Digest> later;
  for (const Placed& order : orders_) {
    const bool attested =
        order.fleet ? ++fleet <= claims->fleet_head.seq : ++own <= claims->own_head.seq;
    if (!attested) later.insert(order.hash);
  }
  const auto is_later = [&](const Digest& order) { return later.contains(order); };
  std::erase_if(orders_, [&](const Placed& order) { return is_later(order.hash); });
  std::erase_if(receipts_, [&](const Part& receipt) {
    const auto order = order_of(receipt);
    return order && is_later(*order);
  });
}

Outcome<std::vector<Part>> Builder::finish() && {
  leave_out_later_orders();
  std::ranges::sort(receipts_, {}, [this](const Part& part) {
    const auto order = order_of(part);
    return std::pair(order ? place_of(*order) : orders_.size(), part.content);
  });
  std::ranges::sort(rangings_, {}, turn_of);
  for (Placed& order : orders_)
    parts_.push_back(std::move(order.part));
  parts_.insert(parts_.end(), receipts_.begin(), receipts_.end());
  parts_.insert(parts_.end(), rangings_.begin(), rangings_.end());
  DAYMARK_CHECK(arrange(parts_));
  return std::move(parts_);
}

}  // namespace daymark::bundle
