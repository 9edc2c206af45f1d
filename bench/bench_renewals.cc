// Renewals, from signed requests to leaf files:
//
//   bench_renewals pipelines CHIPS      one core: the naive pipeline, then ours with each verifier
//   bench_renewals storm FLEETS CHIPS   every chip of every fleet asks at once, on two cores
//
// Both take requests in groups of 1024, one sync each, and end with one batch a fleet. Each fleet
// has its own authority, and all of them stand in memory at once; the fleets of a storm have the
// same keys, which saves drawing them anew, and no signature twice. Chips sign before the storm
// begins, on the same two cores; that time is told beside it.
#include <atomic>
#include <ctime>
#include <mutex>
#include <optional>
#include <thread>

#include "figures.h"
#include "naive_renewals.h"
#include "renewal_office.h"
#include "request_spool.h"
#include <fmt/format.h>
#include <sys/resource.h>

namespace {

using namespace daymark;
using bench::ChipSwarm;
using bench::print_value;
using bench::processor_seconds;
using bench::RenewalOffice;
using bench::RequestGroup;
using bench::require;

constexpr std::size_t group_size = 1024;
constexpr std::size_t proven_samples = 64;

/// Adds up the processor time of another verifier.
class TimedVerifier final : public lanes::Verifier {
 public:
  TimedVerifier(std::unique_ptr<lanes::Verifier> inner, double& seconds)
      : inner_(std::move(inner)), seconds_(seconds) {}

  void verify(std::span<const lanes::SignedMessage> messages,
              std::span<bool> valid) const override {
    const double start = processor_seconds();
    inner_->verify(messages, valid);
    seconds_ += processor_seconds() - start;
  }

  [[nodiscard]] std::string_view name() const override { return inner_->name(); }

 private:
  std::unique_ptr<lanes::Verifier> inner_;
  double& seconds_;
};

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Processor and real time of the whole of a pipeline.
struct Spent {
  double processor = -processor_seconds();
  double wall = -wall_seconds();

  void stop() {
    processor += processor_seconds();
    wall += wall_seconds();
  }
};

/// Lines of one pipeline: renewals per second of one core, and the steps in microseconds each.
class Lines {
 public:
  Lines(std::string id, std::size_t chips) : id_(std::move(id)), chips_(chips) {}

  void total(const std::string& what, const Spent& spent) const {
    const auto count = static_cast<double>(chips_);
    print_value({"renewals." + id_, what, "1/s a core"}, count / spent.processor, chips_);
    print_value({"renewals." + id_ + ".wall", "  by the clock on the wall", "1/s"},
                count / spent.wall, chips_);
  }

  void step(const std::string& name, const std::string& what, double seconds) const {
    print_value({"renewals." + id_ + "." + name, "  " + what, "us"},
                seconds * 1e6 / static_cast<double>(chips_), chips_);
  }

 private:
  std::string id_;
  std::size_t chips_;
};

std::vector<RequestGroup> all_requests(const ChipSwarm& swarm, std::uint64_t counter) {
  std::vector<RequestGroup> out;
  for (std::size_t first = 0; first < swarm.size(); first += group_size)
    out.push_back(swarm.requests(first, std::min(group_size, swarm.size() - first), counter));
  return out;
}

Spent run_naive(const ChipSwarm& swarm, const std::vector<RequestGroup>& groups) {
  const bench::BenchFolder folder;
  bench::NaiveDesk desk(swarm, std::make_unique<tlog::FolderDisk>(folder.path()));
  Spent spent;
  for (const RequestGroup& group : groups)
    desk.serve(group.views());
  spent.stop();
  const Lines lines("naive", swarm.size());
  lines.total("renewals, OpenSSL verifies and signs each", spent);
  lines.step("verify", "parsed, verified, judged", desk.steps().verify);
  lines.step("append", "group durable", desk.steps().append);
  lines.step("sign", "licence signed", desk.steps().sign);
  return spent;
}

void take_all(RenewalOffice& office, std::span<const ByteView> requests) {
  const auto taken = office.desk().take(requests);
  require(taken.has_value(), "a group is refused");
  require(std::ranges::all_of(*taken, [](const auto& one) { return one.has_value(); }),
          "a request is refused");
}

Spent run_ours(const ChipSwarm& swarm, const std::vector<RequestGroup>& groups,
               std::unique_ptr<lanes::Verifier> verifier) {
  const std::string name(verifier->name());
  double verify = 0;
  RenewalOffice office({.swarm = &swarm,
                        .verifier = std::make_unique<TimedVerifier>(std::move(verifier), verify),
                        .book = nullptr});
  Spent spent;
  const double start = processor_seconds();
  for (const RequestGroup& group : groups)
    take_all(office, group.views());
  const double taken = processor_seconds() - start;
  const bench::IssueSteps steps = office.issue(processor_seconds);
  spent.stop();
  require(office.count_lost(proven_samples) == 0, "a renewal is lost");
  const Lines lines(name, swarm.size());
  lines.total(fmt::format("renewals, batch-signed, verifier \"{}\"", name), spent);
  lines.step("verify", "signatures verified", verify);
  lines.step("take", "parsed, looked up, judged, group durable", taken - verify);
  lines.step("draft", "leaf and batch tree", steps.draft);
  lines.step("log", "batch signed, logged, cosigned", steps.log);
  lines.step("leaves", "leaf file with its path", steps.leaves);
  return spent;
}

void run_pipelines(std::size_t chips) {
  const ChipSwarm swarm(chips);
  const std::vector<RequestGroup> groups = all_requests(swarm, 1);
  const Spent naive = run_naive(swarm, groups);
  Spent best = naive;
  for (auto& verifier : lanes::all_verifiers()) {
    const std::string name(verifier->name());
    const Spent ours = run_ours(swarm, groups, std::move(verifier));
    print_value({"renewals." + name + ".ratio", "  to the naive pipeline", "ratio"},
                naive.processor / ours.processor, chips);
    if (ours.processor < best.processor) best = ours;
  }
  print_value({"renewals.ratio", "renewals, our fastest to the naive pipeline", "ratio", 7.0},
              naive.processor / best.processor, chips);
}

struct Storm {
  std::size_t fleets = 0;
  double signing = 0;  ///< by the clock on the wall, before the storm
  Spent spent;
  double taking = 0;  ///< as the following: of both workers together
  bench::IssueSteps issuing;
  std::size_t renewals = 0;
  std::size_t lost = 0;
};

using Fleets = std::vector<std::unique_ptr<RenewalOffice>>;

/// Two workers, each of which takes the next fleet until none is left.
void share_fleets(std::size_t fleets, const std::function<void(std::size_t)>& serve) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t fleet = next++; fleet < fleets; fleet = next++)
      serve(fleet);
  };
  const std::jthread other(work);
  work();
}

std::string spool_path(const bench::BenchFolder& folder, std::size_t fleet) {
  return fmt::format("{}/requests-{}", folder.path(), fleet);
}

/// From the requests on disk to a leaf file for each chip.
void serve_fleet(RenewalOffice& office, const std::string& requests, Storm& share) {
  bench::RequestSpool spool(requests);
  const double begun = wall_seconds();
  while (const auto group = spool.next()) {
    take_all(office, group->views());
    share.renewals += group->ends.size();
  }
  share.taking = wall_seconds() - begun;
  share.issuing = office.issue(wall_seconds);
}

void add(const Storm& share, Storm& storm) {
  storm.taking += share.taking;
  storm.issuing.draft += share.issuing.draft;
  storm.issuing.log += share.issuing.log;
  storm.issuing.leaves += share.issuing.leaves;
  storm.renewals += share.renewals;
}

void run_storm(const ChipSwarm& swarm, const Fleets& fleets, Storm& storm) {
  const bench::BenchFolder folder;
  const double begun = wall_seconds();
  share_fleets(fleets.size(), [&](std::size_t fleet) {
    bench::spool_requests(spool_path(folder, fleet), swarm, fleet + 1, group_size);
  });
  storm.signing = wall_seconds() - begun;
  std::mutex mutex;
  storm.spent = {};
  share_fleets(fleets.size(), [&](std::size_t fleet) {
    Storm share;
    serve_fleet(*fleets[fleet], spool_path(folder, fleet), share);
    const std::scoped_lock lock(mutex);
    add(share, storm);
  });
  storm.spent.stop();
}

double peak_mebibytes() {
  rusage used{};
  require(getrusage(RUSAGE_SELF, &used) == 0, "no figure for memory");
  return static_cast<double>(used.ru_maxrss) / 1024;
}

void print_storm(const Storm& storm) {
  constexpr double whole = 10e6;
  const auto count = static_cast<double>(storm.renewals);
  const double seconds = storm.spent.wall;
  const std::size_t n = storm.renewals;
  const std::string what =
      fmt::format("storm of {} renewals, {} fleets, 2 cores", storm.renewals, storm.fleets);
  print_value({"storm.seconds", what, "s"}, seconds, n);
  print_value({"storm.rate", "  renewals by the clock on the wall", "1/s"}, count / seconds, n);
  print_value({"storm.cores", "  cores that it got of the two", "cores"},
              storm.spent.processor / seconds, n);
  print_value({"storm.processor", "  processor time of a renewal", "us"},
              storm.spent.processor * 1e6 / count, n);
  print_value({"storm.take", "  work of both cores: requests taken", "s"}, storm.taking, n);
  print_value({"storm.draft", "    leaves drafted", "s"}, storm.issuing.draft, n);
  print_value({"storm.log", "    batches signed, logged, cosigned", "s"}, storm.issuing.log, n);
  print_value({"storm.leaves", "    leaf files written", "s"}, storm.issuing.leaves, n);
  print_value({"storm.chips", "  before it: chips sign their requests", "s"}, storm.signing, n);
  print_value({"storm.lost", "  lost", "renewals", 0.0}, static_cast<double>(storm.lost), n);
  print_value({"storm.memory", "  most memory", "MiB", 2048.0}, peak_mebibytes(), n);
  const bool all = count >= whole;
  print_value({"storm.whole",
               all ? "  10 million renewals, measured"
                   : fmt::format("  10 million renewals, EXTRAPOLATED from {}", storm.renewals),
               "s", 300.0},
              seconds * whole / count, n);
}

void storm(std::size_t fleets, std::size_t chips) {
  const ChipSwarm swarm(chips);
  Fleets offices;
  for (std::uint64_t fleet = 1; fleet <= fleets; ++fleet) {
    offices.push_back(std::make_unique<RenewalOffice>(
        RenewalOffice::Parts{&swarm, lanes::fastest_verifier(), nullptr, fleet}));
  }
  Storm storm;
  storm.fleets = fleets;
  run_storm(swarm, offices, storm);
  require(storm.renewals == fleets * chips, "a request is missing");
  for (const auto& office : offices)
    storm.lost += office->count_lost(proven_samples);
  print_storm(storm);
}

std::size_t count_of(std::string_view text) {
  return static_cast<std::size_t>(std::strtoull(std::string(text).c_str(), nullptr, 10));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  const bool pipelines = words.size() == 2 && words[0] == "pipelines" && count_of(words[1]) > 0;
  const bool is_storm =
      words.size() == 3 && words[0] == "storm" && count_of(words[1]) > 0 && count_of(words[2]) > 0;
  require(pipelines || is_storm,
          "usage: bench_renewals pipelines CHIPS | bench_renewals storm FLEETS CHIPS");
  if (pipelines) run_pipelines(count_of(words[1]));
  if (is_storm) storm(count_of(words[1]), count_of(words[2]));
}
