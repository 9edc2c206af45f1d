// The agent: carries messages between one governor and the rest of the world. Host only.
//
// It is trusted with nothing but carrying. Each cycle it lets the beacons range the chip, hands
// over orders, asks for and hands over licences, reads the meter, and posts what the governor
// signed.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "daymark/agent/outbox.h"
#include "daymark/agent/ranging_client.h"
#include "daymark/authority/client.h"
#include "daymark/base/random.h"
#include "daymark/base/time.h"
#include "daymark/governor/client.h"

namespace daymark::agent {

/// What the meter says of the time since it was asked last; empty where there is nothing to say.
using MeterReading =
    std::function<Outcome<std::vector<governor::UsageRequest>>(const governor::Status& status)>;

struct AgentOptions {
  std::vector<BeaconRoute> beacons;  ///< in the charter's order
  Millis ranging_period = hours(1);  ///< on the domain clock
  Millis renewal_period = hours(6);  ///< after an accepted licence
  Millis retry_period = hours(6);    ///< of a refused order, where nothing else speaks for a retry
  RangingPatience patience;
};

/// One thing that didn't work in a cycle; the next cycle tries again.
struct Problem {
  std::string
      step;  ///< "ranging", "orders", "appeals", "receipts", "renewal", "meter", "attestation"
  Failure failure;
};

/// What the agent knows after a cycle; written to its state file for people and scripts.
struct AgentState {
  std::uint64_t cycle = 0;
  UnixMillis time;  ///< on the domain clock, when the cycle began
  ChipId chip;
  governor::OwnedStatus status;
  std::uint64_t orders_applied = 0;
  std::uint64_t licences_accepted = 0;
  std::string denial;      ///< reason of the newest denial
  bool consistent = true;  ///< whether the authority found the newest attestation in its log
  std::vector<Problem> problems;
};

/// Not thread-safe. References outlive the agent.
struct AgentPeers {
  governor::Client* governor = nullptr;
  const authority::ChipServices* authority = nullptr;
  Clock* clock = nullptr;
  Random* random = nullptr;
  MeterReading meter;        ///< may be empty
  Outbox* outbox = nullptr;  ///< of receipts; without one they are lost with the agent
  /// To the same governor, for what its host answers (burst_message.h); may be empty.
  governor::Transport host = nullptr;
};

/// What a chip's answer to an order rests on, besides the order. Some refusals end by themselves:
/// another charter binds (errc::gov_charter_waiting), a place in the queue gets free
/// (errc::gov_queue_full). Then this is another.
struct OrderGround {
  order::StreamHead fleet;
  order::StreamHead own;
  Digest charter{};
  std::vector<Digest> announced;

  [[nodiscard]] static OrderGround of(const governor::Status& status);
  friend bool operator==(const OrderGround&, const OrderGround&) = default;
};

class Agent {
 public:
  Agent(AgentOptions options, AgentPeers peers)
      : options_(std::move(options)), peers_(std::move(peers)) {}

  /// One round of everything that is due. `stop` ends it before the next step, and the waiting for
  /// a beacon at once; no step is left half done. Errors: only where the governor itself doesn't
  /// answer.
  [[nodiscard]] Outcome<void> cycle(const std::stop_token& stop = {});

  [[nodiscard]] const AgentState& state() const { return state_; }

 private:
  void step(const char* name, Outcome<void> done);
  [[nodiscard]] Outcome<void> range(const std::stop_token& stop);

  /// An order or a leaf that the chip refused: not offered again before the chip's state or much
  /// time has passed, because every refusal counts. What follows an order in its stream waits too.
  struct Refused {
    Digest what{};
    OrderGround ground;
    UnixMillis at;
    Failure why;
  };

  [[nodiscard]] Outcome<void> carry_orders();
  [[nodiscard]] Outcome<void> offer(const governor::OrderParts& order,
                                    std::optional<Refused>& refused);
  [[nodiscard]] Outcome<void> apply(const governor::OrderParts& order,
                                    std::optional<Refused>& refused);
  [[nodiscard]] bool is_due(const Refused& refused) const;
  [[nodiscard]] Outcome<void> carry_appeals();
  [[nodiscard]] Outcome<void> carry_appeals_against(const Digest& order);
  [[nodiscard]] Outcome<void> post_receipts();
  [[nodiscard]] Outcome<void> renew();
  [[nodiscard]] Outcome<void> fetch_leaf();
  [[nodiscard]] Outcome<void> accept(const governor::LeafParts& leaf);
  [[nodiscard]] std::optional<Refused> refusal_since(std::uint64_t refusals, const Digest& what,
                                                     const Failure& why) const;
  [[nodiscard]] Outcome<void> read_meter();
  [[nodiscard]] Outcome<void> attest();
  [[nodiscard]] Outcome<void> refresh();
  [[nodiscard]] bool enrolled() const;

  [[nodiscard]] Outbox& outbox() { return peers_.outbox ? *peers_.outbox : own_outbox_; }

  AgentOptions options_;
  AgentPeers peers_;
  AgentState state_;
  UnixMillis ranged_at_;
  UnixMillis renewed_at_;
  std::vector<Byte> request_;  ///< the newest renewal request, held until its leaf is accepted
  std::optional<Refused> refused_leaf_;
  std::optional<Refused> refused_fleet_;  ///< in the fleet's stream
  std::optional<Refused> refused_own_;
  std::set<Digest> appeals_;  ///< by SHA-256 of the entry: what the chip answered, either way
  Outbox own_outbox_;         ///< where no other was given
  bool own_socket_ = true;    ///< of the governor's process, until it said that it has none
};

/// The state as JSON, one object; docs/operations.md names the members.
[[nodiscard]] std::string agent_state_json(const AgentState& state);

}  // namespace daymark::agent
