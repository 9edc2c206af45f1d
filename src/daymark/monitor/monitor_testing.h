// A log in memory with everything that it may do wrong. For tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daymark/monitor/monitor.h"
#include "daymark/net/errors.h"
#include "daymark/order/order_testing.h"
#include "daymark/tlog/log_testing.h"

namespace daymark::monitor::testing {

using order::testing::Cosigning;
using order::testing::World;

/// Serves what it is told to serve.
class FakeSource final : public LogSource {
 public:
  explicit FakeSource(std::string name) : name_(std::move(name)) {}

  /// The world's log as it is now.
  void show(const World& world, const Cosigning& how) {
    note = world.checkpoint(how);
    served = world.entries();
  }

  [[nodiscard]] const std::string& name() const override { return name_; }

  Outcome<std::string> checkpoint() override {
    if (silent) return refuse(errc::net_unreachable, name_);
    return note;
  }

  Outcome<std::vector<std::vector<Byte>>> entries(net::EntryRange range) override {
    ++fetches;
    if (silent) return refuse(errc::net_unreachable, name_);
    if (range.to.value > served.size()) return refuse(errc::net_status, name_, "404");
    const auto first = served.begin() + static_cast<std::ptrdiff_t>(range.from.value);
    const auto last = served.begin() + static_cast<std::ptrdiff_t>(range.to.value);
    return std::vector<std::vector<Byte>>(first, last);
  }

  std::string note;
  std::vector<std::vector<Byte>> served;
  bool silent = false;
  int fetches = 0;

 private:
  std::string name_;
};

class FixedClock final : public Clock {
 public:
  UnixMillis now() override { return time; }

  TickMillis tick() override { return {time.value}; }

  UnixMillis time = order::testing::world_start;
};

/// Two disks that outlive the monitor on them.
struct Disks {
  std::shared_ptr<tlog::testing::Platter> state = std::make_shared<tlog::testing::Platter>();
  std::shared_ptr<tlog::testing::Platter> log = std::make_shared<tlog::testing::Platter>();

  [[nodiscard]] Outcome<Memory> memory(const std::string& vkey) const {
    return Memory::open_on(std::make_unique<tlog::testing::MemoryDisk>(state),
                           std::make_unique<tlog::testing::MemoryDisk>(log), vkey);
  }
};

/// The verifier key of the world's log.
inline std::string log_vkey(const World& world) {
  std::string_view line = world.charter().log_policy;
  line.remove_prefix(line.find(' ') + 1);
  return std::string(line.substr(0, line.find_first_of(" \n")));
}

/// Names of the alarms, in their order: "monitor_log_back monitor_withheld".
inline std::string names(const std::vector<Alarm>& alarms) {
  std::string out;
  for (const Alarm& alarm : alarms)
    out += (out.empty() ? "" : " ") + std::string(entry_of(alarm.code).name);
  return out;
}

}  // namespace daymark::monitor::testing
