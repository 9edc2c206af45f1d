#include "daymark/gate/gate.h"

#include <array>
#include <chrono>
#include <filesystem>
#include <thread>

#include "daymark/base/file.h"
#include "daymark/gate/child.h"
#include "daymark/governor/errors.h"

namespace daymark::gate {

namespace {

/// Real time: what the operating system sleeps, whatever the domain clock says.
void sleep_real(Millis span) {
  std::this_thread::sleep_for(std::chrono::milliseconds(span.value));
}

/// One command under the gate.
class Run {
 public:
  Run(const GateOptions& options, const GatePeers& peers)
      : options_(options), peers_(peers), job_{peers.random->draw<16>()} {}

  /// Opens and places the program and asks for the first permit.
  Outcome<void> admit() {
    DAYMARK_TRY(program_, open_program(options_.command.front()));
    name_ = std::filesystem::path(program_.path).filename().string();
    if (!options_.programs_file.empty()) DAYMARK_CHECK(find_place());
    return ask();
  }

  Outcome<int> run(const std::atomic<bool>& stop) {
    DAYMARK_TRY(Child child, Child::start(program_, options_.command));
    note(GateEvent::started);
    while (true) {
      if (const std::optional<int> status = child.ended()) return leave(*status);
      if (stop.load()) {
        bring_to_end(child);
      } else {
        look_after(child);
      }
      sleep_real(options_.poll);
    }
  }

 private:
  Outcome<void> find_place() {
    DAYMARK_TRY(std::vector<Byte> encoded, read_file(options_.programs_file, 65'536));
    DAYMARK_TRY(const ApprovedPrograms programs,
                about(ApprovedPrograms::parse(std::move(encoded)), options_.programs_file));
    // An unlisted program is asked about all the same, without a proof: the refusal is the chip's.
    const auto place = programs.place_of(program_.digest, name_);
    if (!place) return {};
    place_ = *place;
    name_ = place_->name;
    return {};
  }

  Outcome<void> ask() {
    governor::PermitRequest request;
    request.job = job_;
    request.program_name = name_;
    request.program = program_.digest;
    if (place_) {
      // The licence and a policy may name the same list: one proof serves both.
      request.proofs[request.proof_count++] = {place_->index, place_->size, place_->path};
    }
    request.world_size = options_.world_size;
    request.job_class = options_.job_class;
    request.duration = options_.duration;
    DAYMARK_TRY(const auto permit, peers_.governor->permit(request));
    take(permit.content);
    return {};
  }

  void take(const governor::Permit& permit) {
    asked_at_ = peers_.clock->tick();
    life_ = permit.life;
    holds_ = true;
  }

  /// Renews at half of the permit's life; where the chip says no, the work stands still.
  void look_after(const Child& child) {
    const bool early = holds_ && peers_.clock->tick() - asked_at_ < Millis{life_.value / 2};
    if (early) return;
    const Outcome<void> renewed = holds_ ? renew_or_ask() : ask();
    if (renewed && paused_) {
      child.resume();
      paused_ = false;
      note(GateEvent::resumed);
    }
    if (renewed) return;
    const bool over = peers_.clock->tick() - asked_at_ >= life_;
    if (paused_ || !over) return;
    child.ask_checkpoint();
    sleep_real(options_.drain);
    child.pause();
    paused_ = true;
    holds_ = false;
    note(GateEvent::paused, renewed.error().error.code);
  }

  void bring_to_end(const Child& child) {
    const auto now = std::chrono::steady_clock::now();
    if (!asked_to_end_) {
      asked_to_end_ = now;
      child.ask_end();
    } else if (now - *asked_to_end_ >= std::chrono::milliseconds(options_.ending.value)) {
      child.end_now();
    }
  }

  /// A permit that ran out is no answer to why: asked afresh, the chip grants or says its reason.
  Outcome<void> renew_or_ask() {
    Outcome<void> renewed = renew();
    const bool gone = !renewed && renewed.error().error.code == errc::gov_no_permit;
    return gone ? ask() : renewed;
  }

  Outcome<void> renew() {
    DAYMARK_TRY(const auto permit, peers_.governor->renew_permit(job_));
    take(permit.content);
    return {};
  }

  int leave(int status) {
    // The chip may be gone by now; its permit ends by itself.
    (void)peers_.governor->end_permit(job_);
    note(GateEvent::ended);
    return status;
  }

  void note(GateEvent event, Errc reason = {}) const {
    if (peers_.note) peers_.note({event, peers_.clock->now(), reason});
  }

  const GateOptions& options_;
  const GatePeers& peers_;
  JobId job_;
  OpenedProgram program_;
  std::string name_;
  std::optional<ApprovedPrograms::Place> place_;
  TickMillis asked_at_;
  Millis life_;
  bool holds_ = false;
  bool paused_ = false;
  std::optional<std::chrono::steady_clock::time_point> asked_to_end_;
};

}  // namespace

Outcome<int> run_gate(const GateOptions& options, const GatePeers& peers,
                      const std::atomic<bool>& stop) {
  Run run(options, peers);
  DAYMARK_CHECK(run.admit());
  return run.run(stop);
}

std::string_view name_of(GateEvent event) {
  constexpr std::array<std::string_view, 5> names{"started", "renewed", "paused", "resumed",
                                                  "ended"};
  return names[static_cast<std::size_t>(event)];
}

}  // namespace daymark::gate
