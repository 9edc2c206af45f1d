// Lives of a chip: whole orders, leaves, grants and beacons among forged ones, time, resets and
// losses of power inside a save, in any sequence.
//
//   input = steps of two bytes: which of the explorer's actions, and its variant; with the first
//   byte's top bit set power is lost at that step of the flash instead of after it
//
// Each step is held against the explorer's rules (tests/explore/invariants.h), and after a loss of
// power the chip starts again with a counter that did not go back.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "abstraction.h"
#include "invariants.h"

namespace {

using namespace daymark;           // NOLINT(google-build-using-namespace)
using namespace daymark::explore;  // NOLINT(google-build-using-namespace)

[[noreturn]] void stop(const char* rule, const std::string& action) {
  std::fprintf(stderr, "broken: %s, after: %s\n", rule, action.c_str());
  std::abort();
}

class Life {
 public:
  Life() {
    if (!machine_->boot()) stop("a new chip starts", "boot");
  }

  void step(std::size_t action, std::size_t variant) {
    const std::optional<Step> taken = take(action, variant);
    if (!taken) return;
    look(actor_, after_);
    for (const std::string& rule : broken_rules(before_, after_, *taken, mint_))
      stop(rule.c_str(), taken->action->name);
  }

  /// As `step`, with power lost in the middle of one of its flash operations.
  void step_torn(std::size_t action, std::size_t variant) {
    const SmallFlash flash = machine_->flash;
    const Host host = machine_->host;
    const std::uint64_t counter = machine_->storage.counter().value_or(0);
    std::vector<FlashStep> steps;
    machine_->flash.record(&steps);
    static_cast<void>(take(action, variant));
    machine_->flash.record(nullptr);
    if (!steps.empty()) {
      machine_->flash = flash;
      const std::size_t at = variant % steps.size();
      for (std::size_t i = 0; i < at; ++i)
        machine_->flash.redo(steps[i]);
      machine_->flash.tear(steps[at]);
    }
    machine_->host = torn(host, machine_->host);
    if (reset().run(actor_) != Errc{}) stop("a chip starts again", actions()[action].name);
    // A lapse that goes on is counted from this start.
    machine_->host.lapsed_before = is_lapsed(actor_);
    machine_->host.lapsed_known = machine_->host.tick;
    if (machine_->storage.counter().value_or(0) < counter)
      stop("the counter never goes back", actions()[action].name);
  }

 private:
  /// None where the action doesn't exist in this state. The world remembers the step.
  std::optional<Step> take(std::size_t action, std::size_t variant) {
    look(actor_, before_);
    actor_.handed = nullptr;
    actor_.permit.reset();
    actor_.variant = variant;
    const Action& what = actions()[action];
    const Verdict verdict = what.run(actor_);
    if (!verdict) return {};
    const Step taken{&what, *verdict, actor_.handed, actor_.permit};
    remember(before_, taken, actor_);
    return taken;
  }

  /// What the world knows for sure of a step that may have happened or not.
  static Host torn(const Host& before, const Host& after) {
    Host out = before;
    out.now = after.now;
    out.tick = after.tick;
    out.grace_spent = std::max(before.grace_spent, after.grace_spent);
    out.grace_lost = std::max(before.grace_lost, after.grace_lost);
    out.grace_granted = std::min(before.grace_granted, after.grace_granted);
    return out;
  }

  static const Action& reset() {
    return *std::ranges::find(actions(), std::string("reset"), &Action::name);
  }

  Mint mint_;
  std::unique_ptr<Machine> machine_ = std::make_unique<Machine>();
  Actor actor_{*machine_, mint_};
  Seen before_;
  Seen after_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t steps_max = 200;
  Life life;
  for (std::size_t i = 0; i + 1 < size && i < 2 * steps_max; i += 2) {
    const std::size_t action = (data[i] & 0x7FU) % actions().size();
    if ((data[i] & 0x80U) != 0) {
      life.step_torn(action, data[i + 1]);
    } else {
      life.step(action, data[i + 1]);
    }
  }
  return 0;
}
