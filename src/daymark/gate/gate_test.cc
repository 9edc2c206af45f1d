#include "daymark/gate/gate.h"

#include <gtest/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/base/file.h"
#include "daymark/gate/errors.h"
#include "daymark/gate/gate_testing.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/governor_testing.h"
#include "daymark/net/errors.h"

namespace daymark::gate {
namespace {

using governor::testing::Device;
using governor::testing::World;

/// The world's clock; with every look at it a step of time passes.
class StepClock final : public Clock {
 public:
  explicit StepClock(Device& device) : device_(device) {}

  [[nodiscard]] UnixMillis now() override { return device_.world.now; }

  [[nodiscard]] TickMillis tick() override {
    device_.wait(step);
    return device_.tick;
  }

  Millis step = minutes(10);

 private:
  Device& device_;
};

/// A gate before a real governor in memory, whose answers can be kept back.
class GateTest : public ::testing::Test {
 protected:
  World world;
  Device device{world};
  StepClock clock{device};
  testing::Workshop workshop;
  crypto::SeededRandom random{5};
  std::atomic<bool> stop{false};
  bool silent = false;                ///< the governor doesn't answer
  std::vector<TickMillis> exchanges;  ///< when it was asked
  std::vector<GateNote> notes;
  std::function<void(GateEvent)> on_note;  ///< what the test does about an event
  GateOptions options;

  void SetUp() override {
    device.enrol();
    device.range();
    options.poll = Millis{3};
    options.drain = Millis{30};
    options.programs_file = workshop.path("programs.cbor");
    approve({{"trainer", testing::digest_of_file(workshop.trainer())}});
  }

  /// Writes the list and asks for its root in the licence.
  void approve(const std::vector<order::Program>& programs) {
    const std::vector<Byte> list = testing::encoded_list(programs);
    ASSERT_TRUE(write_file(options.programs_file, list));
    root_ = ApprovedPrograms::parse(list)->root();
  }

  void license() {
    governor::testing::Terms terms;
    terms.program_root = root_;
    device.license(terms);
  }

  Outcome<int> run(const std::string& script) {
    options.command = workshop.command(script);
    return run_command();
  }

  Outcome<int> run_command() {
    governor::Client client([this](ByteView request) { return answer(request); });
    const GatePeers peers{&client, &clock, &random, [this](const GateNote& note) { take(note); }};
    return run_gate(options, peers, stop);
  }

  [[nodiscard]] std::vector<std::string> events() const {
    std::vector<std::string> out;
    for (const GateNote& note : notes)
      out.emplace_back(name_of(note.event));
    return out;
  }

 private:
  Outcome<std::vector<Byte>> answer(ByteView request) {
    exchanges.push_back(device.tick);
    if (silent) return refuse(errc::net_unreachable, "governor");
    device.range();
    return device.exchange(request);
  }

  void take(const GateNote& note) {
    notes.push_back(note);
    if (on_note) on_note(note.event);
  }

  Digest root_{};
};

/// Beats until "$D/done" is there; saves when asked to.
constexpr const char* beating =
    "trap 'touch $D/saved' USR1; while [ ! -e $D/done ]; do echo >>$D/beats; sleep 0.002; done; "
    "exit 3";

TEST_F(GateTest, AnApprovedProgramRuns) {
  license();
  const auto status = run("touch $D/ran; exit 7");
  ASSERT_EQ(governor::testing::verdict(status), "ok");
  EXPECT_EQ(*status, 7);
  EXPECT_TRUE(workshop.has("ran"));
  EXPECT_EQ(events(), (std::vector<std::string>{"started", "ended"}));
}

TEST_F(GateTest, ThePermitEndsWithTheWork) {
  license();
  ASSERT_TRUE(run("exit 0"));
  // The chip belongs to nobody any more: another job gets it at once.
  ASSERT_TRUE(run("exit 0"));
}

TEST_F(GateTest, AnUnapprovedProgramIsNotStarted) {
  approve({{"other", crypto::sha256(bytes_of("other"))}});
  license();
  const auto status = run("touch $D/ran");
  EXPECT_EQ(governor::testing::verdict(status), "gov_program");
  EXPECT_FALSE(workshop.has("ran"));
  EXPECT_TRUE(notes.empty());
}

TEST_F(GateTest, AProgramThatChangedIsNotStarted) {
  approve({{"trainer", crypto::sha256(bytes_of("the trainer that was approved"))}});
  license();
  EXPECT_EQ(governor::testing::verdict(run("touch $D/ran")), "gov_program");
  EXPECT_FALSE(workshop.has("ran"));
}

TEST_F(GateTest, WithoutAListTheChipRefusesWhereItWantsOne) {
  license();
  options.programs_file.clear();
  EXPECT_EQ(governor::testing::verdict(run("touch $D/ran")), "gov_program");
  EXPECT_FALSE(workshop.has("ran"));
}

TEST_F(GateTest, AListThatIsNotTheLicencesProvesNothing) {
  license();
  // Whoever holds the file adds a program of his own.
  approve({{"trainer", testing::digest_of_file(workshop.trainer())},
           {"mine", crypto::sha256(bytes_of("mine"))}});
  EXPECT_EQ(governor::testing::verdict(run("touch $D/ran")), "gov_program");
  EXPECT_FALSE(workshop.has("ran"));
}

TEST_F(GateTest, ABrokenListIsNamed) {
  license();
  auto list = read_file(options.programs_file, 65'536);
  ASSERT_TRUE(list);
  list->push_back(0);
  ASSERT_TRUE(write_file(options.programs_file, *list));
  const auto status = run("touch $D/ran");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().subject, options.programs_file);
  options.programs_file = workshop.path("nothing");
  EXPECT_EQ(governor::testing::verdict(run("touch $D/ran")), "file_not_opened");
  EXPECT_FALSE(workshop.has("ran"));
  EXPECT_TRUE(exchanges.empty()) << "the chip was not asked";
}

TEST_F(GateTest, AProgramThatIsNotThereIsNamed) {
  license();
  options.command = {workshop.path("nothing")};
  EXPECT_EQ(governor::testing::verdict(run_command()), "gate_program_not_found");
}

TEST_F(GateTest, TheLicencesLimitsHold) {
  license();
  options.world_size = 65;
  EXPECT_EQ(governor::testing::verdict(run("touch $D/ran")), "gov_cluster");
  options.world_size = 64;
  options.job_class = 1;
  EXPECT_EQ(governor::testing::verdict(run("touch $D/ran")), "gov_job_class");
  EXPECT_FALSE(workshop.has("ran"));
}

TEST_F(GateTest, RenewsAtHalfOfThePermitsLife) {
  license();
  options.duration = hours(4);
  clock.step = minutes(3);
  on_note = [&](GateEvent event) {
    if (event == GateEvent::started) exchanges.clear();
  };
  const auto status = run("i=0; while [ $i -lt 150 ]; do i=$((i+1)); sleep 0.002; done; exit 0");
  ASSERT_EQ(governor::testing::verdict(status), "ok");
  ASSERT_GE(exchanges.size(), 3U) << "renewals and the end";
  exchanges.pop_back();
  for (std::size_t i = 1; i < exchanges.size(); ++i) {
    const Millis gap = exchanges[i] - exchanges[i - 1];
    EXPECT_GE(gap, hours(2));
    EXPECT_LE(gap, hours(2) + minutes(12));
  }
}

TEST_F(GateTest, WorkStandsStillWhenThePermitEndsAndGoesOnWithTheNext) {
  license();
  options.duration = hours(4);
  std::string at_pause;
  on_note = [&](GateEvent event) {
    if (event == GateEvent::started) {
      EXPECT_TRUE(workshop.wait_for("beats"));
      silent = true;
    }
    if (event == GateEvent::paused) {
      at_pause = workshop.read("beats");
      std::this_thread::sleep_for(std::chrono::milliseconds(40));
      EXPECT_EQ(workshop.read("beats"), at_pause) << "it stands still";
      silent = false;
    }
    if (event == GateEvent::resumed) workshop.write("done", "");
  };
  const TickMillis before = device.tick;
  const auto status = run(beating);
  ASSERT_EQ(governor::testing::verdict(status), "ok");
  EXPECT_EQ(*status, 3) << "nothing was lost";
  EXPECT_TRUE(workshop.has("saved")) << "it was asked to save";
  EXPECT_EQ(events(), (std::vector<std::string>{"started", "paused", "resumed", "ended"}));
  EXPECT_EQ(notes[1].reason, errc::net_unreachable);
  EXPECT_GE(notes[1].time - notes[0].time, hours(4) - minutes(10)) << "not before its end";
  EXPECT_LE(notes[1].time - notes[0].time, hours(5));
  EXPECT_GT(device.tick - before, hours(4));
}

TEST_F(GateTest, AShortSilenceInterruptsNothing) {
  license();
  options.duration = hours(4);
  on_note = [&](GateEvent event) {
    if (event == GateEvent::started) silent = true;
  };
  // Three hours of four, counted from the first try to renew.
  const TickMillis start = device.tick;
  options.command = workshop.command("i=0; while [ ! -e $D/done ]; do sleep 0.002; done; exit 0");
  governor::Client client([&](ByteView request) -> Outcome<std::vector<Byte>> {
    if (device.tick - start > hours(3)) silent = false;
    if (device.tick - start > hours(9)) workshop.write("done", "");
    if (silent) return refuse(errc::net_unreachable, "governor");
    device.range();
    return device.exchange(request);
  });
  const GatePeers peers{&client, &clock, &random, [&](const GateNote& note) {
                          notes.push_back(note);
                          on_note(note.event);
                        }};
  const auto status = run_gate(options, peers, stop);
  ASSERT_EQ(governor::testing::verdict(status), "ok");
  EXPECT_EQ(events(), (std::vector<std::string>{"started", "ended"}));
}

TEST_F(GateTest, ASuspensionPausesWithItsReasonAndItsEndResumes) {
  license();
  clock.step = hours(1);
  const auto stopped = device.apply(
      world.prove(world.suspend_chip(device.target(), hours(12)), {"owner", "regulator-a"}));
  ASSERT_EQ(governor::testing::verdict(stopped), "ok");
  const UnixMillis binds = stopped->content.binds_at;
  const UnixMillis ends = stopped->content.ends_at;
  on_note = [&](GateEvent event) {
    if (event == GateEvent::resumed) workshop.write("done", "");
  };
  const auto status = run(beating);
  ASSERT_EQ(governor::testing::verdict(status), "ok");
  EXPECT_EQ(*status, 3);
  ASSERT_EQ(events(), (std::vector<std::string>{"started", "paused", "resumed", "ended"}));
  EXPECT_EQ(entry_of(notes[1].reason).name, "gov_suspended");
  EXPECT_LE(notes[1].time, binds + hours(3)) << "stood still when the suspension began";
  EXPECT_GE(notes[1].time, binds - hours(3)) << "and not before";
  EXPECT_GE(notes[2].time, ends);
}

TEST_F(GateTest, DeathBySignalIsTheStatus) {
  license();
  const auto status = run("kill -KILL $$");
  ASSERT_TRUE(status);
  EXPECT_EQ(*status, 137);
  EXPECT_EQ(events().back(), "ended");
}

TEST_F(GateTest, StopAsksTheProgramToEnd) {
  license();
  on_note = [&](GateEvent event) {
    if (event != GateEvent::started) return;
    EXPECT_TRUE(workshop.wait_for("ready"));
    stop = true;
  };
  const auto status = run("trap 'exit 4' TERM; touch $D/ready; while :; do sleep 0.01; done");
  ASSERT_TRUE(status);
  EXPECT_EQ(*status, 4);
}

TEST_F(GateTest, StopEndsByForceWhoeverWillNotEnd) {
  license();
  options.ending = Millis{50};
  on_note = [&](GateEvent event) {
    if (event != GateEvent::started) return;
    EXPECT_TRUE(workshop.wait_for("ready"));
    stop = true;
  };
  const auto status = run("trap '' TERM; touch $D/ready; while :; do sleep 0.01; done");
  ASSERT_TRUE(status);
  EXPECT_EQ(*status, 137);
}

TEST_F(GateTest, StopEndsWorkThatStandsStill) {
  license();
  options.duration = hours(4);
  on_note = [&](GateEvent event) {
    EXPECT_TRUE(workshop.wait_for("beats"));
    silent = true;
    if (event == GateEvent::paused) stop = true;
  };
  const auto status =
      run("trap '' USR1; trap 'exit 6' TERM; while :; do echo >>$D/beats; sleep 0.002; done");
  ASSERT_TRUE(status);
  EXPECT_EQ(*status, 6);
}

TEST_F(GateTest, AnObservedChipLetsEverythingRun) {
  // Enrolled, never licensed: the default installation observes.
  EXPECT_EQ(device.standing(), governor::Standing::observing);
  const auto status = run("exit 0");
  EXPECT_EQ(governor::testing::verdict(status), "ok");
}

TEST(GateEvents, HaveTheirNames) {
  EXPECT_EQ(name_of(GateEvent::started), "started");
  EXPECT_EQ(name_of(GateEvent::paused), "paused");
  EXPECT_EQ(name_of(GateEvent::resumed), "resumed");
  EXPECT_EQ(name_of(GateEvent::ended), "ended");
}

}  // namespace
}  // namespace daymark::gate
