// All that can happen to a chip in one step.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "mint.h"

namespace daymark::explore {

enum class Sort : std::uint8_t {
  message,  ///< whole: the chip may obey it
  forgery,  ///< has a flaw: must be refused and change nothing
  time,     ///< powered time
  reset,    ///< power lost and back, at once or later
  beacons,  ///< all beacons answer, several messages in one step
};

/// A machine with somebody who talks to it. Not thread-safe.
class Actor {
 public:
  Actor(Machine& where, Mint& from);
  Actor(const Actor&) = delete;
  Actor& operator=(const Actor&) = delete;
  Actor(Actor&&) = delete;
  Actor& operator=(Actor&&) = delete;
  ~Actor() = default;

  Machine& machine;
  Mint& mint;
  governor::Client client;

  /// The order that the last action handed over, if any.
  const Minted* handed = nullptr;
  /// Where the chip's answer to the last permit request went.
  std::optional<governor::Permit> permit;
  std::size_t variant = 0;  ///< which kind a flawed order takes in this state

  [[nodiscard]] const governor::State& state() { return machine.governor().state(); }

  /// One raw exchange; its error code, 0 for an answer.
  [[nodiscard]] Errc send(ByteView request);
  [[nodiscard]] Errc hand_over(const Minted& minted);
  void wait(Millis span);
  [[nodiscard]] Errc range(Millis lie, Millis radius);
};

/// None where the action doesn't exist in this state; else 0 for an answer, or the refusal.
using Verdict = std::optional<Errc>;

struct Action {
  std::string name;
  Sort sort = Sort::message;
  std::uint8_t op = 0;  ///< 0 where it is no message
  std::function<Verdict(Actor&)> run;
};

/// The alphabet, always in the same order.
[[nodiscard]] const std::vector<Action>& actions();

// Its parts (actions_forged.cc).
void add_forgeries(std::vector<Action>& out);

template <class T>
[[nodiscard]] Verdict verdict_of(const Outcome<T>& outcome) {
  return outcome ? Errc{} : outcome.error().error.code;
}

}  // namespace daymark::explore
