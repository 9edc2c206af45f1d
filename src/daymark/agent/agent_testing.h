// An authority in memory for an agent's tests. Tests only.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daymark/authority/client.h"
#include "daymark/base/time.h"
#include "daymark/governor/governor_testing.h"
#include "daymark/net/errors.h"

namespace daymark::agent::testing {

/// The world's time.
class WorldClock final : public Clock {
 public:
  explicit WorldClock(order::testing::World& world) : world_(world) {}

  [[nodiscard]] UnixMillis now() override { return world_.now; }

  [[nodiscard]] TickMillis tick() override { return {world_.now.value}; }

 private:
  order::testing::World& world_;
};

/// Hands out what it was given, in the order in which it was given, and keeps what is posted.
class FakeAuthority final : public authority::ChipServices {
 public:
  /// An order at its place in its stream.
  void publish(const order::testing::Logged& logged) {
    const governor::OrderParts parts = governor::testing::parts_of(logged);
    const order::Order order = order::parse_signed_order(parts.envelope).value().order;
    const bool fleet = order.stream() == order::Stream::fleet;
    const std::uint64_t seq = fleet ? order.seq : next_own_++;
    entries_.push_back({fleet, seq, parts});
  }

  /// Something at the next place of the fleet's stream, whatever it is.
  void hand_out(governor::OrderParts parts) { entries_.push_back({true, ~0ULL, std::move(parts)}); }

  Outcome<std::vector<governor::OrderParts>> feed(const ChipId&, std::uint64_t fleet_seq,
                                                  std::uint64_t own_seq) const override {
    if (down) return refuse(errc::net_unreachable, "authority");
    std::vector<governor::OrderParts> out;
    for (const Entry& entry : entries_) {
      if (entry.seq > (entry.fleet ? fleet_seq : own_seq)) out.push_back(entry.parts);
    }
    return out;
  }

  Outcome<std::vector<authority::AppealParts>> appeals(const Digest& order) const override {
    if (down) return refuse(errc::net_unreachable, "authority");
    const auto found = appeals_of.find(order);
    return found == appeals_of.end() ? std::vector<authority::AppealParts>{} : found->second;
  }

  Outcome<std::optional<governor::LeafParts>> leaf(const ChipId&) const override {
    if (down) return refuse(errc::net_unreachable, "authority");
    return newest_leaf;
  }

  Outcome<void> post_renewal(ByteView request) const override { return keep(request, requests); }

  Outcome<void> post_receipt(ByteView receipt) const override { return keep(receipt, receipts); }

  Outcome<std::string> post_attestation(ByteView attestation) const override {
    DAYMARK_CHECK(keep(attestation, attestations));
    return answer;
  }

  Outcome<void> post_ranging(const ChipId&,
                             const std::vector<std::vector<Byte>>& list) const override {
    for (const std::vector<Byte>& one : list)
      DAYMARK_CHECK(keep(one, ranging));
    return {};
  }

  bool down = false;
  std::map<Digest, std::vector<authority::AppealParts>> appeals_of;
  std::optional<governor::LeafParts> newest_leaf;
  std::string answer = R"({"stored":true,"consistent":true})";
  mutable std::vector<std::vector<Byte>> requests;
  mutable std::vector<std::vector<Byte>> receipts;
  mutable std::vector<std::vector<Byte>> attestations;
  mutable std::vector<std::vector<Byte>> ranging;

 private:
  struct Entry {
    bool fleet = false;
    std::uint64_t seq = 0;
    governor::OrderParts parts;
  };

  Outcome<void> keep(ByteView bytes, std::vector<std::vector<Byte>>& where) const {
    if (down) return refuse(errc::net_unreachable, "authority");
    where.emplace_back(bytes.begin(), bytes.end());
    return {};
  }

  std::vector<Entry> entries_;
  std::uint64_t next_own_ = 2;  ///< the first is the enrolment
};

}  // namespace daymark::agent::testing
