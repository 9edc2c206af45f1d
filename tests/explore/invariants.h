// What must hold over every step of a chip, in the words of PROTOCOL and by arithmetic of its own:
// nothing here calls the rules of the governor.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actions.h"

namespace daymark::explore {

/// What is compared before and after a step. Not copied: the state views charters kept here, since
/// the chip's own storage is written again with the next step.
struct Seen {
  Seen() = default;
  Seen(const Seen&) = delete;
  Seen& operator=(const Seen&) = delete;
  Seen(Seen&&) = delete;
  Seen& operator=(Seen&&) = delete;
  ~Seen() = default;

  governor::State state{ledger::Peak{}};
  std::vector<Byte> charter;
  std::vector<Byte> other;
  governor::ClockReading clock;
  governor::Standing standing{};
  Millis grace;
  std::uint64_t counter = 0;
  Host host;
  std::vector<Byte> content;  ///< the state as it is saved, without counter and refusals
};

void look(Actor& actor, Seen& out);

/// One step as it was taken.
struct Step {
  const Action* action = nullptr;
  Errc verdict{};
  const Minted* handed = nullptr;
  std::optional<governor::Permit> permit;
};

/// The rules that the step from `before` to `after` broke; empty where all hold.
[[nodiscard]] std::vector<std::string> broken_rules(const Seen& before, const Seen& after,
                                                    const Step& step, Mint& mint);

/// Keeps the host's memory of suspension, lapse and grace up to date after a step.
void remember(const Seen& before, const Step& step, Actor& actor);

}  // namespace daymark::explore
