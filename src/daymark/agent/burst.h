// A session with a beacon that the governor's process runs on a socket of its own: between
// challenge and answer lies no other process. Host only.
//
// The process speaks to the address that was asked for and to no other, in the datagrams of
// ranging/packet.h alone, and hears that address alone. It looks without sleeping where that was
// asked for, for busy_longest at most; a burst ends after burst_longest whatever happens. Meanwhile
// it answers everybody else: the burst has a thread of its own and holds the core for the time of
// one tag (a microsecond), an opening or a welcome (a millisecond).
#pragma once

#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "daymark/agent/burst_message.h"
#include "daymark/governor/client.h"

namespace daymark::agent {

/// Runs one burst at a time. `answer` belongs to one thread.
class BurstDesk {
 public:
  /// `core` outlives the desk. Its open, accept and answer are called from the burst's thread;
  /// deliver is not called.
  explicit BurstDesk(GovernorPort& core) : core_(core) {}

  BurstDesk(const BurstDesk&) = delete;
  BurstDesk& operator=(const BurstDesk&) = delete;
  BurstDesk(BurstDesk&&) = delete;
  BurstDesk& operator=(BurstDesk&&) = delete;
  /// Ends a burst that runs, within a tenth of a second.
  ~BurstDesk() = default;

  /// The response to a request about a burst, at once; none where it is the core's to answer.
  /// Refuses with errc::agent_burst_runs and errc::agent_burst_unknown, and with what ended a
  /// burst.
  [[nodiscard]] std::optional<std::vector<Byte>> answer(ByteView request);

 private:
  [[nodiscard]] std::vector<Byte> begin(BurstBegin request);
  [[nodiscard]] std::vector<Byte> outcome_of(std::uint32_t number);
  void run(const BurstBegin& request, std::stop_token stop);

  GovernorPort& core_;
  std::mutex mutex_;  ///< of the outcome
  std::optional<Outcome<std::vector<Byte>>> outcome_;
  std::uint32_t number_ = 0;  ///< of the newest burst
  std::jthread thread_;       ///< last: it is joined before the others go
};

/// Lets the governor behind `host` run a session, waits for it, and returns the receipt. None where
/// it has no socket of its own (errc::gov_operation). Errors (subject: the address): what ended the
/// session; those of the transport; errc::net_timeout where the host says nothing more, or where
/// `stop` ended the waiting: the session goes on without anyone who asks for its outcome.
[[nodiscard]] std::optional<Outcome<std::vector<Byte>>> ask_burst(const governor::Transport& host,
                                                                  const BeaconRoute& route,
                                                                  const RangingPatience& patience,
                                                                  const std::stop_token& stop = {});

}  // namespace daymark::agent
