// The gate: work starts when the chip permits it, and stands still when the permit ends. Host only.
//
// It is cooperative (level L1): docs/threat-model.md lists the ways round it. What it adds is that
// honest operators are stopped at the right moment, with the chip's own reason, and lose nothing:
// a program is asked to save its work, paused, and resumed when the chip permits again.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "daymark/base/random.h"
#include "daymark/base/time.h"
#include "daymark/gate/program.h"
#include "daymark/governor/client.h"

namespace daymark::gate {

struct GateOptions {
  std::vector<std::string> command;  ///< program and arguments, not empty
  std::string programs_file;         ///< approved programs; empty where none are demanded
  std::uint32_t world_size = 1;
  std::uint8_t job_class = 0;
  Millis duration = hours(24);  ///< asked for; the chip grants what it may
  Millis drain = Millis{300};   ///< real time between the checkpoint signal and the pause
  Millis poll = Millis{100};    ///< real time between two looks
  Millis ending = seconds(30);  ///< real time between the request to end and the end by force
};

enum class GateEvent { started, renewed, paused, resumed, ended };

/// What happened, for a log: the event, the chip's time, and the chip's reason where it said no.
struct GateNote {
  GateEvent event = GateEvent::started;
  UnixMillis time;
  Errc reason{};
};

struct GatePeers {
  governor::Client* governor = nullptr;
  Clock* clock = nullptr;
  Random* random = nullptr;
  std::function<void(const GateNote&)> note;  ///< may be empty
};

/// Runs the command under permits until it ends and returns its exit status. Once `stop` is set the
/// program is asked to end, and ended by force where it does not: nobody renews its permit any
/// more. Errors: errc::gate_*, and the chip's own refusal (errc::gov_*) where the first permit is
/// refused: then nothing was started.
[[nodiscard]] Outcome<int> run_gate(const GateOptions& options, const GatePeers& peers,
                                    const std::atomic<bool>& stop);

[[nodiscard]] std::string_view name_of(GateEvent event);

}  // namespace daymark::gate
