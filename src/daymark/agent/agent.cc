#include "daymark/agent/agent.h"

#include <array>
#include <memory>

#include "daymark/agent/burst.h"
#include "daymark/governor/errors.h"
#include "daymark/order/leaf.h"

namespace daymark::agent {

namespace {

/// The governor behind its client, as the ranging client wants it.
class ClientPort final : public GovernorPort {
 public:
  /// `own_socket` says whether the governor's process may have one, and learns that it has not: it
  /// is asked once.
  ClientPort(const AgentPeers& peers, bool& own_socket, const std::stop_token& stop)
      : client_(*peers.governor), host_(peers.host), own_socket_(own_socket), stop_(stop) {}

  Outcome<std::vector<Byte>> open(std::size_t beacon) override {
    return client_.open_ranging(static_cast<std::uint8_t>(beacon));
  }

  Outcome<void> accept(std::size_t beacon, ByteView welcome) override {
    return client_.accept_welcome(static_cast<std::uint8_t>(beacon), welcome);
  }

  Outcome<ranging::AnswerTag> answer(std::size_t beacon, std::uint32_t number,
                                     const ranging::Challenge& challenge) override {
    return client_.answer(static_cast<std::uint8_t>(beacon), number, challenge);
  }

  Outcome<void> deliver(std::size_t beacon, ByteView receipt) override {
    const auto reading = client_.accept_receipt(static_cast<std::uint8_t>(beacon), receipt);
    return reading ? Outcome<void>{} : std::unexpected(reading.error());
  }

  std::optional<Outcome<std::vector<Byte>>> run_session(const BeaconRoute& route,
                                                        const RangingPatience& patience) override {
    if (!host_ || !own_socket_) return std::nullopt;
    auto done = ask_burst(host_, route, patience, stop_);
    own_socket_ = done.has_value();
    return done;
  }

 private:
  governor::Client& client_;
  const governor::Transport& host_;
  bool& own_socket_;
  const std::stop_token& stop_;
};

/// The hash of the request that a leaf answers.
Result<Digest> answered_request(ByteView leaf) {
  const auto parsed = std::make_unique<order::Leaf>();
  DAYMARK_TRY(*parsed, order::parse_leaf(leaf));
  return parsed->request;
}

/// What the agent reads of an order.
struct OrderLabel {
  bool fleet = false;
  Digest charter{};
};

Result<OrderLabel> label_of(const governor::OrderParts& parts) {
  DAYMARK_TRY(const order::SignedOrder parsed, order::parse_signed_order(parts.envelope));
  return OrderLabel{parsed.order.stream() == order::Stream::fleet, parsed.order.charter};
}

/// Whether the order is made under a charter that waits to bind: the chip would refuse it, and
/// count that, while what made the fleet's stream wait passes by itself.
bool waits_for_charter(const OrderLabel& order, const std::optional<Failure>& fleet_stop,
                       const governor::Status& status) {
  return fleet_stop && fleet_stop->error.code == errc::gov_charter_waiting &&
         order.charter != status.charter;
}

/// The chip holds another request, or none: nothing answers the agent's any more.
bool is_given_up(Errc refusal) {
  return refusal == errc::gov_no_request || refusal == errc::gov_leaf_request;
}

Digest hash_of(const governor::LeafParts& leaf) {
  std::vector<Byte> all = leaf.leaf;
  all.insert(all.end(), leaf.batch.envelope.begin(), leaf.batch.envelope.end());
  return crypto::sha256(all);
}

}  // namespace

OrderGround OrderGround::of(const governor::Status& status) {
  OrderGround out{status.fleet_head, status.own_head, status.charter, {}};
  for (std::size_t i = 0; i < status.pending_count; ++i)
    out.announced.push_back(status.pending[i].order);
  return out;
}

Outcome<void> Agent::cycle(const std::stop_token& stop) {
  ++state_.cycle;
  state_.time = peers_.clock->now();
  state_.problems.clear();
  DAYMARK_TRY(const governor::Identity identity, peers_.governor->identify());
  state_.chip = crypto::chip_id(identity.chip);
  DAYMARK_CHECK(refresh());
  if (!enrolled()) return {};
  step("ranging", range(stop));

  struct Step {
    const char* name;
    Outcome<void> (Agent::*run)();
  };

  static constexpr std::array steps{
      Step{"orders", &Agent::carry_orders},    Step{"appeals", &Agent::carry_appeals},
      Step{"receipts", &Agent::post_receipts}, Step{"renewal", &Agent::renew},
      Step{"meter", &Agent::read_meter},       Step{"attestation", &Agent::attest}};
  for (const Step& next : steps) {
    if (stop.stop_requested()) break;
    step(next.name, (this->*next.run)());
  }
  return refresh();
}

void Agent::step(const char* name, Outcome<void> done) {
  if (!done) state_.problems.push_back({name, std::move(done).error()});
}

bool Agent::enrolled() const {
  return state_.status.status.standing != governor::Standing::unprovisioned;
}

Outcome<void> Agent::refresh() {
  DAYMARK_TRY(state_.status, peers_.governor->status());
  return {};
}

Outcome<void> Agent::range(const std::stop_token& stop) {
  const bool due = state_.time - ranged_at_ >= options_.ranging_period;
  if (!due && state_.status.status.clock.fresh) return {};
  ClientPort port(peers_, own_socket_, stop);
  std::vector<std::vector<Byte>> receipts;
  std::optional<Failure> missing;
  for (const BeaconRoute& route : options_.beacons) {
    if (stop.stop_requested()) break;
    Outcome<std::vector<Byte>> receipt = range_with(route, port, options_.patience, stop);
    if (receipt) {
      receipts.push_back(*std::move(receipt));
    } else if (!stop.stop_requested()) {
      missing = std::move(receipt).error();
    }
  }
  if (!receipts.empty()) {
    ranged_at_ = state_.time;
    DAYMARK_CHECK(peers_.authority->post_ranging(state_.chip, receipts));
  }
  return missing ? std::unexpected(*missing) : Outcome<void>{};
}

/// A refusal stops one stream, not the other, and is a problem for as long as it stands.
Outcome<void> Agent::carry_orders() {
  const governor::Status& status = state_.status.status;
  DAYMARK_TRY(const auto orders,
              peers_.authority->feed(state_.chip, status.fleet_head.seq, status.own_head.seq));
  std::optional<Failure> fleet_stop;
  std::optional<Failure> own_stop;
  for (const governor::OrderParts& order : orders) {
    DAYMARK_TRY(const OrderLabel label, about(label_of(order), "feed"));
    std::optional<Failure>& stop = label.fleet ? fleet_stop : own_stop;
    if (stop) continue;
    if (waits_for_charter(label, fleet_stop, state_.status.status)) {
      own_stop = fleet_stop;
      continue;
    }
    std::optional<Refused>& refused = label.fleet ? refused_fleet_ : refused_own_;
    Outcome<void> done = offer(order, refused);
    if (!done && !refused) return done;
    if (!done) stop = std::move(done).error();
  }
  if (fleet_stop) step("orders", std::unexpected(*fleet_stop));
  return own_stop ? std::unexpected(*own_stop) : Outcome<void>{};
}

Outcome<void> Agent::offer(const governor::OrderParts& order, std::optional<Refused>& refused) {
  const bool again = refused && refused->what == crypto::sha256(order.envelope);
  if (again && !is_due(*refused)) return std::unexpected(refused->why);
  refused.reset();
  return apply(order, refused);
}

bool Agent::is_due(const Refused& refused) const {
  return OrderGround::of(state_.status.status) != refused.ground ||
         state_.time - refused.at >= options_.retry_period;
}

Outcome<void> Agent::apply(const governor::OrderParts& order, std::optional<Refused>& refused) {
  const std::uint64_t refusals = state_.status.status.refusal_total;
  auto receipt = peers_.governor->apply(order);
  DAYMARK_CHECK(refresh());
  if (!receipt) {
    refused = refusal_since(refusals, crypto::sha256(order.envelope), receipt.error());
    return std::unexpected(std::move(receipt).error());
  }
  ++state_.orders_applied;
  return outbox().add(std::move(receipt->bytes));
}

/// A refusal is counted by the governor; whatever else went wrong was on the way to it.
std::optional<Agent::Refused> Agent::refusal_since(std::uint64_t refusals, const Digest& what,
                                                   const Failure& why) const {
  const governor::Status& status = state_.status.status;
  if (status.refusal_total <= refusals) return {};
  return Refused{what, OrderGround::of(status), state_.time, why};
}

/// Whatever was said against a suspension that this chip knows of.
Outcome<void> Agent::carry_appeals() {
  const governor::Status& status = state_.status.status;
  std::vector<Digest> suspensions;
  if (status.suspended_until.value != 0) suspensions.push_back(status.suspending);
  for (std::size_t i = 0; i < status.pending_count; ++i) {
    const governor::Announced& announced = status.pending[i];
    if (announced.kind == order::OrderKind::suspend) suspensions.push_back(announced.order);
  }
  for (const Digest& order : suspensions)
    DAYMARK_CHECK(carry_appeals_against(order));
  return {};
}

/// Each is handed over once: a refused one stays refused, and every refusal counts.
Outcome<void> Agent::carry_appeals_against(const Digest& order) {
  DAYMARK_TRY(const auto appeals, peers_.authority->appeals(order));
  std::optional<Failure> refused;
  for (const authority::AppealParts& appeal : appeals) {
    if (!appeals_.insert(crypto::sha256(appeal.envelope)).second) continue;
    const auto term = peers_.governor->appeal({appeal.envelope, appeal.proof});
    if (!term) refused = term.error();
  }
  DAYMARK_CHECK(refresh());
  return refused ? std::unexpected(*refused) : Outcome<void>{};
}

Outcome<void> Agent::post_receipts() {
  return outbox().send([&](ByteView receipt) { return peers_.authority->post_receipt(receipt); });
}

Outcome<void> Agent::renew() {
  if (!request_.empty()) DAYMARK_CHECK(fetch_leaf());
  const bool due = state_.time - renewed_at_ >= options_.renewal_period;
  if (!request_.empty() || !due) return {};
  DAYMARK_TRY(request_, peers_.governor->request_renewal());
  return peers_.authority->post_renewal(request_);
}

Outcome<void> Agent::fetch_leaf() {
  DAYMARK_TRY(const auto leaf, peers_.authority->leaf(state_.chip));
  if (!leaf) return peers_.authority->post_renewal(request_);
  DAYMARK_TRY(const Digest answered, about(answered_request(leaf->leaf), "leaf"));
  if (answered != order::request_hash(request_)) return peers_.authority->post_renewal(request_);
  const bool again = refused_leaf_ && refused_leaf_->what == hash_of(*leaf);
  if (again && !is_due(*refused_leaf_)) return std::unexpected(refused_leaf_->why);
  return accept(*leaf);
}

/// A refused leaf costs no renewal: it may be ahead of the chip until the orders have come, and the
/// next batch answers the same request. Only one that the chip holds no more is given up.
Outcome<void> Agent::accept(const governor::LeafParts& leaf) {
  const std::uint64_t refusals = state_.status.status.refusal_total;
  const auto decision = peers_.governor->accept_leaf(leaf);
  DAYMARK_CHECK(refresh());
  refused_leaf_.reset();
  if (!decision) {
    refused_leaf_ = refusal_since(refusals, hash_of(leaf), decision.error());
    if (is_given_up(decision.error().error.code)) request_.clear();
    return std::unexpected(decision.error());
  }
  request_.clear();
  renewed_at_ = state_.time;
  state_.denial = decision->denial_reason;
  if (decision->denial_reason.empty()) ++state_.licences_accepted;
  return {};
}

Outcome<void> Agent::read_meter() {
  if (!peers_.meter) return {};
  DAYMARK_TRY(const auto readings, peers_.meter(state_.status.status));
  for (const governor::UsageRequest& reading : readings) {
    DAYMARK_TRY(const governor::CountedUsage counted, peers_.governor->record_usage(reading));
  }
  return {};
}

Outcome<void> Agent::attest() {
  const Digest nonce = peers_.random->draw<32>();
  DAYMARK_TRY(const auto attestation, peers_.governor->attest(nonce));
  DAYMARK_TRY(const std::string answer, peers_.authority->post_attestation(attestation.bytes));
  state_.consistent = answer.find("\"consistent\":true") != std::string::npos;
  return {};
}

}  // namespace daymark::agent
