#include "daymark/order/charter.h"
#include "daymark/order/errors.h"
#include "daymark/order/load_internal.h"

namespace daymark::order {

std::optional<std::size_t> Charter::party_of(const KeyId& key) const {
  for (std::size_t i = 0; i < party_count; ++i) {
    if (crypto::key_id(parties[i].key) == key || crypto::key_id(parties[i].spare) == key) return i;
  }
  return std::nullopt;
}

const Party* Charter::owner() const {
  for (const Party& party : party_list()) {
    if (party.role == Role::owner) return &party;
  }
  return nullptr;
}

Result<tlog::Policy> quorum_of(const Charter& charter, OrderKind kind) {
  tlog::Policy out;
  DAYMARK_CHECK(internal::load_quorum(charter, kind, out));
  return out;
}

namespace internal {

Result<void> load_quorum(const Charter& charter, OrderKind kind, tlog::Policy& out) {
  const auto number = static_cast<std::size_t>(kind);
  if (number >= charter.quorums.size() || charter.quorums[number].empty()) {
    return fail(errc::order_kind_forbidden, field::kind);
  }
  std::array<std::string_view, parties_max> names{};
  for (std::size_t i = 0; i < charter.party_count; ++i)
    names[i] = charter.parties[i].name;
  return out.read_over(charter.quorums[number], std::span(names).first(charter.party_count));
}

}  // namespace internal

Result<void> check_policies(const Charter& charter, PolicySpace& scratch) {
  for (std::size_t kind = 1; kind <= order_kind_count; ++kind) {
    if (charter.quorums[kind].empty()) continue;
    DAYMARK_CHECK(internal::load_quorum(charter, static_cast<OrderKind>(kind),
                                        scratch.start<tlog::Policy>()));
  }
  DAYMARK_CHECK(scratch.start<tlog::Policy>().read(charter.log_policy));
  return scratch.start<tlog::Policy>().read(charter.mirror_policy);
}

}  // namespace daymark::order
