#include "daymark/agent/burst.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "daymark/agent/errors.h"
#include "daymark/base/time.h"
#include "daymark/governor/errors.h"
#include "daymark/net/errors.h"

namespace daymark::agent {

namespace {

/// What a burst has left to say after its time is over.
constexpr Millis burst_margin = seconds(5);
/// A session takes milliseconds beside its beacon, and longer than that across an ocean.
constexpr Millis first_pause{4};
constexpr Millis longest_pause{64};

/// Outcomes of a burst, asked for until it has ended.
Outcome<std::vector<Byte>> await_burst(const governor::Transport& host, std::uint32_t number,
                                       const RangingPatience& patience,
                                       const std::stop_token& stop) {
  SystemClock clock;
  const TickMillis end = clock.tick() + patience.whole + burst_margin;
  const std::vector<Byte> query = print_burst_request(BurstQuery{number});
  Millis pause = first_pause;
  while (clock.tick() < end && !stop.stop_requested()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(pause.value));
    pause = std::min(pause + pause, longest_pause);
    DAYMARK_TRY(const std::vector<Byte> response, host(query));
    DAYMARK_TRY(BurstState state, parse_burst_state(response));
    if (state) return *std::move(state);
  }
  return refuse(errc::net_timeout, {});
}

Outcome<std::vector<Byte>> run_burst(const governor::Transport& host, const BurstBegin& request,
                                     const std::stop_token& stop) {
  DAYMARK_TRY(const std::vector<Byte> response, host(print_burst_request(request)));
  DAYMARK_TRY(const std::uint32_t number, parse_burst_number(response));
  return await_burst(host, number, request.patience, stop);
}

}  // namespace

std::optional<std::vector<Byte>> BurstDesk::answer(ByteView request) {
  auto parsed = parse_burst_request(request);
  if (!parsed) return std::nullopt;
  if (!*parsed) return print_burst_refusal(parsed->error());
  BurstRequest& known = **parsed;
  if (const auto* query = std::get_if<BurstQuery>(&known)) return outcome_of(query->number);
  return begin(std::get<BurstBegin>(std::move(known)));
}

std::vector<Byte> BurstDesk::begin(BurstBegin request) {
  {
    const std::lock_guard lock(mutex_);
    const bool runs = number_ != 0 && !outcome_;
    if (runs) return print_burst_refusal({errc::agent_burst_runs, no_field, 0});
    outcome_.reset();
    ++number_;
  }
  thread_ = std::jthread([this, request = std::move(request)](std::stop_token stop) {
    run(request, std::move(stop));
  });
  return print_burst_number(number_);
}

void BurstDesk::run(const BurstBegin& request, std::stop_token stop) {
  auto done = carry_session(request.route, core_, request.patience, std::move(stop));
  const std::lock_guard lock(mutex_);
  outcome_.emplace(std::move(done));
}

std::vector<Byte> BurstDesk::outcome_of(std::uint32_t number) {
  const std::lock_guard lock(mutex_);
  if (number == 0 || number != number_) {
    return print_burst_refusal({errc::agent_burst_unknown, no_field, 0});
  }
  if (!outcome_) return print_burst_state(std::nullopt);
  return *outcome_ ? print_burst_state(**outcome_) : print_burst_refusal(outcome_->error().error);
}

std::optional<Outcome<std::vector<Byte>>> ask_burst(const governor::Transport& host,
                                                    const BeaconRoute& route,
                                                    const RangingPatience& patience,
                                                    const std::stop_token& stop) {
  Outcome<std::vector<Byte>> done = run_burst(host, {route, patience}, stop);
  if (done) return done;
  if (done.error().error.code == errc::gov_operation) return std::nullopt;
  if (done.error().subject.empty()) done.error().subject = route.address;
  return done;
}

}  // namespace daymark::agent
