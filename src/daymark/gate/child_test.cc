#include "daymark/gate/child.h"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>
#include <signal.h>

#include "daymark/gate/gate_testing.h"

namespace daymark::gate {
namespace {

using testing::is_running;

void pass_time() {
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

class ChildTest : public ::testing::Test {
 protected:
  testing::Workshop workshop;

  [[nodiscard]] Child start(const std::string& script) const {
    auto program = open_program(workshop.trainer());
    EXPECT_TRUE(program);
    auto child = Child::start(*program, workshop.command(script));
    EXPECT_TRUE(child);
    return *std::move(child);
  }

  /// Its status; -1 where it has not ended after ten seconds.
  static int status_of(Child& child) {
    for (int i = 0; i < 1000; ++i) {
      if (const auto status = child.ended()) return *status;
      pass_time();
    }
    return -1;
  }
};

TEST_F(ChildTest, EndsWithItsOwnStatus) {
  Child seven = start("exit 7");
  EXPECT_EQ(status_of(seven), 7);
  EXPECT_FALSE(seven.ended()) << "told once";
  Child zero = start("exit 0");
  EXPECT_EQ(status_of(zero), 0);
}

TEST_F(ChildTest, DeathBySignalIsSaid) {
  Child killed = start("kill -KILL $$");
  EXPECT_EQ(status_of(killed), 128 + SIGKILL);
  Child ended = start("kill -TERM $$; sleep 5");
  EXPECT_EQ(status_of(ended), 128 + SIGTERM);
}

TEST_F(ChildTest, TheSignalToSaveArrives) {
  Child child =
      start("trap 'touch $D/saved; exit 5' USR1; touch $D/ready; while :; do sleep 0.01; done");
  ASSERT_TRUE(workshop.wait_for("ready"));
  child.ask_checkpoint();
  EXPECT_EQ(status_of(child), 5);
  EXPECT_TRUE(workshop.has("saved"));
}

TEST_F(ChildTest, APausedProgramDoesNothing) {
  Child child = start("while :; do echo >>$D/beats; sleep 0.005; done");
  ASSERT_TRUE(workshop.wait_for("beats"));
  child.pause();
  pass_time();
  const std::string before = workshop.read("beats");
  for (int i = 0; i < 5; ++i)
    pass_time();
  EXPECT_EQ(workshop.read("beats"), before);
  EXPECT_FALSE(child.ended()) << "standing still is no end";
  child.resume();
  for (int i = 0; i < 500 && workshop.read("beats") == before; ++i)
    pass_time();
  EXPECT_NE(workshop.read("beats"), before);
}

TEST_F(ChildTest, APausedProgramCanBeAskedToEnd) {
  Child child = start("trap 'exit 4' TERM; touch $D/ready; while :; do sleep 0.01; done");
  ASSERT_TRUE(workshop.wait_for("ready"));
  child.pause();
  child.ask_end();
  EXPECT_EQ(status_of(child), 4);
}

TEST_F(ChildTest, WhoeverWillNotEndIsEnded) {
  Child child = start("trap '' TERM; touch $D/ready; while :; do sleep 0.01; done");
  ASSERT_TRUE(workshop.wait_for("ready"));
  child.ask_end();
  for (int i = 0; i < 10; ++i)
    pass_time();
  EXPECT_FALSE(child.ended());
  child.end_now();
  EXPECT_EQ(status_of(child), 128 + SIGKILL);
}

TEST_F(ChildTest, WhatItLeavesBehindEndsWithIt) {
  Child child = start("sleep 60 & echo $! >$D/left; exit 0");
  EXPECT_EQ(status_of(child), 0);
  const long left = std::stol(workshop.read("left"));
  for (int i = 0; i < 500 && is_running(left); ++i)
    pass_time();
  EXPECT_FALSE(is_running(left));
}

TEST_F(ChildTest, TheWholeGroupEndsWithItsOwner) {
  long left = 0;
  {
    const Child child = start("sleep 60 & echo $! >$D/made; mv $D/made $D/left; sleep 60");
    ASSERT_TRUE(workshop.wait_for("left"));
    left = std::stol(workshop.read("left"));
    EXPECT_TRUE(is_running(left));
  }
  for (int i = 0; i < 500 && is_running(left); ++i)
    pass_time();
  EXPECT_FALSE(is_running(left));
}

TEST_F(ChildTest, WhatWasHashedIsWhatRuns) {
  const auto program = open_program(workshop.trainer());
  ASSERT_TRUE(program);
  // Another program takes the name after it was opened and hashed.
  std::filesystem::copy_file(std::filesystem::canonical("/bin/false"), workshop.path("other"));
  std::filesystem::rename(workshop.path("other"), workshop.trainer());
  auto child = Child::start(*program, workshop.command("exit 9"));
  ASSERT_TRUE(child);
  EXPECT_EQ(status_of(*child), 9);
}

TEST_F(ChildTest, AFileThatIsNoProgramEndsAtOnce) {
  workshop.write("text", "this is no program\n");
  std::filesystem::permissions(workshop.path("text"), std::filesystem::perms::owner_all);
  const auto program = open_program(workshop.path("text"));
  ASSERT_TRUE(program);
  auto child = Child::start(*program, {workshop.path("text")});
  ASSERT_TRUE(child);
  EXPECT_EQ(status_of(*child), 127);
}

}  // namespace
}  // namespace daymark::gate
