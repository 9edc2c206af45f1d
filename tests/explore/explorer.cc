#include "explorer.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "abstraction.h"
#include "daymark/base/error_table.h"

namespace daymark::explore {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t broken_most = 20;
constexpr std::uint64_t fnv_start = 0xCBF29CE484222325U;
constexpr std::uint64_t fnv_prime = 0x100000001B3U;
constexpr std::uint64_t not_there = 1;

std::uint64_t added(std::uint64_t hash, std::uint64_t value) {
  return (hash ^ value) * fnv_prime;
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t out = fnv_start;
  for (const char c : text)
    out = added(out, static_cast<unsigned char>(c));
  return out;
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::size_t number_of(const std::string& name) {
  const auto& all = actions();
  const auto found = std::ranges::find(all, name, &Action::name);
  if (found == all.end()) throw std::invalid_argument("no action " + name);
  return static_cast<std::size_t>(found - all.begin());
}

}  // namespace

Explorer::Explorer(Profile profile)
    : profile_(std::move(profile)), machine_(std::make_unique<Machine>()), actor_(*machine_, mint_) {
  followed_.assign(actions().size(), profile_.follow.empty());
  for (const std::string& name : profile_.follow)
    followed_[number_of(name)] = true;
}

void Explorer::load(ByteView bytes) {
  copy_bytes(bytes, machine_->bytes());
}

std::string Explorer::way_to(std::size_t node) const {
  std::string out;
  for (; node != 0; node = nodes_[node].parent)
    out = actions()[nodes_[node].action].name + ", " + out;
  return out;
}

void Explorer::note(const std::string& rule, std::size_t node, const std::string& action) {
  if (report_.broken.size() >= broken_most) return;
  report_.broken.push_back(fmt::format("{}: {}[{}]", rule, way_to(node), action));
}

bool Explorer::follows(std::size_t action) const {
  return followed_[action] && after_.state.pending_count <= profile_.announced_max;
}

void Explorer::begin() {
  if (!machine_->boot()) note("a new chip starts", 0, "boot");
  Node first;
  first.snapshot = snapshots_.take(*machine_);
  nodes_.push_back(std::move(first));
  for (const std::string& name : profile_.start) {
    look(actor_, before_);
    const Action& action = actions()[number_of(name)];
    const Verdict verdict = action.run(actor_);
    remember(before_, {&action, verdict.value_or(Errc{}), nullptr, {}}, actor_);
    if (!verdict || *verdict != Errc{}) note("the profile starts", 0, name);
  }
  nodes_[0].snapshot = snapshots_.take(*machine_);
  known_[abstraction(actor_)] = 0;
}

/// Runs one action on the machine as it is; what it led to as one number.
std::uint64_t Explorer::outcome(std::size_t action, std::size_t variant, Step& step) {
  const Action& what = actions()[action];
  actor_.handed = nullptr;
  actor_.permit.reset();
  actor_.variant = variant;
  steps_.clear();
  machine_->flash.record(&steps_);
  const Verdict verdict = what.run(actor_);
  machine_->flash.record(nullptr);
  abstract_.clear();
  if (!verdict) return not_there;
  step = {&what, *verdict, actor_.handed, actor_.permit};
  remember(before_, step, actor_);
  abstract_ = abstraction(actor_);
  const bool forged = what.sort == Sort::forgery;
  const auto code = static_cast<std::uint64_t>(*verdict);
  return added(hash_of(abstract_), forged ? (code != 0 ? 1U : 0U) : code);
}

void Explorer::judge(std::size_t node, const Step& step) {
  for (const std::string& rule : broken_rules(before_, after_, step, mint_))
    note(rule, node, fmt::format("{}: {}", step.action->name,
                                 step.verdict == Errc{} ? "ok" : entry_of(step.verdict).name));
}

/// A state that is new is gone on from later; one that is known may be compared.
void Explorer::arrive(std::size_t node, std::size_t action) {
  const auto [at, fresh] = known_.try_emplace(abstract_, nodes_.size());
  if (fresh) {
    Node next;
    next.snapshot = snapshots_.take(*machine_);
    next.parent = node;
    next.action = action;
    nodes_.push_back(std::move(next));
    return;
  }
  constexpr std::size_t every = 97;
  const bool taken = ++equal_pairs_ % every == 0 && twins_.size() < limits_.twins;
  if (taken && at->second != node) twins_.push_back({snapshots_.take(*machine_), at->second});
}

/// What the chip is after a start with the flash as it is.
std::string Explorer::reopened(const Host& host) {
  machine_->host = host;
  if (!machine_->boot()) return "does not start";
  machine_->host.lapsed_before = is_lapsed(actor_);
  machine_->host.lapsed_known = machine_->host.tick;
  return abstraction(actor_);
}

/// PROTOCOL §6 and the journal's promise: power lost at any step leaves the old state or the new
/// one.
void Explorer::cut_power(std::size_t node, std::size_t action) {
  const std::vector<FlashStep> steps = steps_;
  const Host then = machine_->host;
  const std::uint64_t counter_after = after_.counter;
  const std::string whole = reopened(then);
  load(parent_);
  const std::string none = reopened(before_.host);
  const std::size_t count = limits_.cuts == 0 ? steps.size() : std::min(limits_.cuts, steps.size());
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t at = i;
    if (limits_.cuts != 0) {
      at = i == 0 ? (node * 7 + action) % steps.size() : steps.size() - 1 - node % 2;
    }
    load(parent_);
    for (std::size_t k = 0; k < at; ++k)
      machine_->flash.redo(steps[k]);
    machine_->flash.tear(steps[at]);
    const auto flash = std::make_unique<SmallFlash>(machine_->flash);
    const bool old = reopened(before_.host) == none;
    machine_->flash = *flash;
    const bool renewed = old || reopened(then) == whole;
    const bool several = counter_after > before_.counter + 1;
    if (!renewed && !several) note("a loss of power leaves the old or the new", node, actions()[action].name);
    if (machine_->storage.counter().value_or(0) < before_.counter) {
      note("the counter never goes back over a loss of power", node, actions()[action].name);
    }
    ++report_.cuts;
  }
}

void Explorer::try_action(std::size_t node, std::size_t action) {
  load(parent_);
  Step step;
  const std::uint64_t result = outcome(action, node, step);
  nodes_[node].outcomes.push_back(result);
  report_.fingerprint = added(report_.fingerprint, result);
  if (result == not_there) return;
  ++report_.transitions;
  const Action& what = actions()[action];
  ++report_.tried[what.name];
  look(actor_, after_);
  judge(node, step);
  if (step.verdict != Errc{}) {
    ++report_.refusals;
    if (what.sort != Sort::beacons) return;
  } else {
    ++report_.accepted[what.name];
  }
  if (follows(action)) arrive(node, action);
  if (what.sort == Sort::message && !steps_.empty()) cut_power(node, action);
}

void Explorer::expand(std::size_t node) {
  snapshots_.put_back(nodes_[node].snapshot, *machine_);
  const auto bytes = machine_->bytes();
  parent_.assign(bytes.begin(), bytes.end());
  look(actor_, before_);
  for (std::size_t i = 0; i < actions().size(); ++i)
    try_action(node, i);
}

/// Equal abstract states behave alike: the same answers, and equal abstract states after them.
void Explorer::compare_twins() {
  for (const Twin& twin : twins_) {
    const std::vector<std::uint64_t>& wanted = nodes_[twin.node].outcomes;
    if (wanted.empty()) continue;
    snapshots_.put_back(twin.snapshot, *machine_);
    const auto bytes = machine_->bytes();
    parent_.assign(bytes.begin(), bytes.end());
    look(actor_, before_);
    for (std::size_t i = 0; i < actions().size(); ++i) {
      load(parent_);
      Step step;
      if (outcome(i, twin.node, step) != wanted[i]) {
        note("equal abstract states behave alike", twin.node, actions()[i].name);
      }
    }
    ++report_.twins;
  }
}

Report Explorer::run(const Limits& limits) {
  limits_ = limits;
  report_.fingerprint = fnv_start;
  const Clock::time_point start = Clock::now();
  begin();
  std::size_t done = 0;
  for (; done < nodes_.size() && report_.broken.size() < broken_most; ++done) {
    if (limits.states != 0 && done >= limits.states) break;
    if (limits.seconds > 0 && seconds_since(start) > limits.seconds) break;
    expand(done);
  }
  report_.states = nodes_.size();
  report_.left = nodes_.size() - done;
  compare_twins();
  report_.seconds = seconds_since(start);
  return report_;
}

}  // namespace daymark::explore
