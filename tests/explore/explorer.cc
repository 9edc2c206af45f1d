#include "explorer.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <stdexcept>

#include "abstraction.h"
#include <fmt/format.h>

#include "daymark/base/error_table.h"

namespace daymark::explore {

namespace {

using Clock = std::chrono::steady_clock;

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

/// Where two abstract states differ: number of the word, and both values.
std::string difference(std::string_view a, std::string_view b) {
  const std::vector<Word> x = words_of(a);
  const std::vector<Word> y = words_of(b);
  std::string out;
  for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i)
    if (x[i] != y[i]) out += fmt::format(" {}: {} {}", i, x[i].value, y[i].value);
  return out;
}

/// How far apart two chips of one abstract state may end: as far as what rounding made one of them.
std::int64_t drift_of(const RoundedSpans& a, const RoundedSpans& b) {
  const auto apart = [](Millis x, Millis y) { return std::abs((x - y).value); };
  return apart(a.rest, b.rest) + apart(a.length, b.length) + apart(a.served, b.served) +
         apart(a.budget, b.budget);
}

/// Whether all words agree but for spans within `drift`; flags and counts must be the same. Spans
/// that are shorter than `least_span` drift where time has moved: the step passed a rounded one.
bool within_drift(std::string_view a, std::string_view b, std::int64_t drift,
                  const Action& action) {
  constexpr std::int64_t least_span = 100;
  const bool moved = action.sort == Sort::time;
  const auto close = [drift, moved](const Word& x, const Word& y) {
    const bool may =
        x.span && y.span && (moved || std::min(std::abs(x.value), std::abs(y.value)) >= least_span);
    return x == y || (may && std::abs(x.value - y.value) <= drift);
  };
  return std::ranges::equal(words_of(a), words_of(b), close);
}

/// What was answered; a forgery may be refused for one reason or another.
std::uint64_t answer_of(const Step& step) {
  const auto code = static_cast<std::uint64_t>(step.verdict);
  return step.action->sort == Sort::forgery ? (code != 0 ? 1U : 0U) : code;
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
    : profile_(std::move(profile)),
      machine_(std::make_unique<Machine>()),
      actor_(*machine_, mint_) {
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
  if (report_.broken.size() >= limits_.broken_most) return;
  report_.broken.push_back(fmt::format("{}: {}[{}]", rule, way_to(node), action));
}

bool Explorer::follows(std::size_t action) {
  if (!followed_[action] || after_.state.pending_count > profile_.announced_max) return false;
  return profile_.off_most >= seconds(1) || off_seconds(actor_) <= profile_.off_most;
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
  return added(hash_of(abstract_), answer_of(step));
}

void Explorer::judge(std::size_t node, const Step& step) {
  for (const std::string& rule : broken_rules(before_, after_, step, mint_))
    note(rule, node,
         fmt::format("{}: {}", step.action->name,
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

/// What the chip is after a start with the flash as it is and a world that remembers `host`.
std::string Explorer::reopened(const Host& host) {
  machine_->host = host;
  if (!machine_->boot()) return "does not start";
  return seen_with(host);
}

/// The same for a chip that has started, in a world that remembers something else.
std::string Explorer::seen_with(const Host& host) {
  machine_->host = host;
  machine_->power_on();
  machine_->host.lapsed_before = is_lapsed(actor_);
  machine_->host.lapsed_known = machine_->host.tick;
  return abstraction(actor_);
}

/// PROTOCOL §6 and the journal's promise: power lost at any step leaves the old state or the new
/// one.
void Explorer::cut_power(std::size_t node, std::size_t action) {
  const std::vector<FlashStep> steps = steps_;
  const Host then = machine_->host;
  const std::string whole = reopened(then);
  if (without_.empty()) {
    load(parent_);
    without_ = reopened(before_.host);
  }
  std::size_t at = (node * 7 + action) % steps.size();
  if (limits_.all_cuts)
    at = 0;
  else if (node % 2 == 0)
    at = steps.size() - 1 - node / 2 % 2;
  const std::size_t end = limits_.all_cuts ? steps.size() : at + 1;
  for (; at < end; ++at) {
    load(parent_);
    for (std::size_t k = 0; k < at; ++k)
      machine_->flash.redo(steps[k]);
    machine_->flash.tear(steps[at]);
    const bool old_or_new = reopened(before_.host) == without_ || seen_with(then) == whole;
    const bool several = after_.counter > before_.counter + 1;
    const std::uint64_t counter = machine_->storage.counter().value_or(0);
    if (!old_or_new && !several) {
      note("a loss of power leaves the old or the new", node, actions()[action].name);
    }
    if (counter < before_.counter) {
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
  without_.clear();
  for (std::size_t i = 0; i < actions().size(); ++i)
    try_action(node, i);
}

/// Equal abstract states behave alike: the same answers, and equal abstract states after them but
/// for what rounding leaves.
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
      if (outcome(i, twin.node, step) != wanted[i]) compare_closely(twin, i, step);
    }
    ++report_.twins;
  }
}

/// The machine has just made `step`; puts the other one of the pair beside it.
void Explorer::compare_closely(const Twin& twin, std::size_t action, const Step& step) {
  const std::string mine = abstract_;
  load(parent_);
  const RoundedSpans spans = rounded_spans(actor_);
  snapshots_.put_back(nodes_[twin.node].snapshot, *machine_);
  const std::int64_t drift = drift_of(spans, rounded_spans(actor_));
  Step other;
  const bool both = step.action != nullptr && outcome(action, twin.node, other) != not_there;
  if (both && answer_of(step) == answer_of(other) &&
      within_drift(mine, abstract_, drift, *step.action)) {
    ++report_.drifted;
    return;
  }
  note("equal abstract states behave alike", twin.node,
       fmt::format("{} {} {}:{}", actions()[action].name, entry_of(step.verdict).name,
                   entry_of(other.verdict).name, difference(mine, abstract_)));
}

void Explorer::show_progress(std::size_t done) const {
  fmt::print(stderr, "{}: {} states tried, {} to go\n", profile_.name, done, nodes_.size() - done);
}

Report Explorer::run(const Limits& limits) {
  limits_ = limits;
  report_.fingerprint = fnv_start;
  const Clock::time_point start = Clock::now();
  begin();
  std::size_t done = 0;
  for (; done < nodes_.size() && report_.broken.size() < limits.broken_most; ++done) {
    if (limits.states != 0 && done >= limits.states) break;
    if (limits.seconds > 0 && seconds_since(start) > limits.seconds) break;
    expand(done);
    if (limits.progress && done % 1000 == 999) show_progress(done + 1);
  }
  report_.states = nodes_.size();
  report_.left = nodes_.size() - done;
  compare_twins();
  report_.seconds = seconds_since(start);
  return report_;
}

}  // namespace daymark::explore
