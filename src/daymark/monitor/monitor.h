// Follows a log for somebody: checks that all its heads tell one history, that it serves what it
// commits to, and that every entry keeps to the charter. Host only.
//
//   DAYMARK_TRY(Memory memory, Memory::open("state", vkey));
//   DAYMARK_TRY(auto monitor, Monitor::open(std::move(memory), std::move(options), clock));
//   DAYMARK_CHECK(monitor->look(log, mirrors));
//   for (const Alarm& alarm : monitor->take_alarms()) …
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "daymark/base/time.h"
#include "daymark/monitor/fleet_view.h"
#include "daymark/monitor/head_book.h"
#include "daymark/monitor/log_source.h"
#include "daymark/monitor/memory.h"

namespace daymark::monitor {

/// What to follow: a fleet's charter with its log, witnesses and mirrors, or a policy alone, under
/// which heads and entries are compared and no entry is judged.
struct MonitorOptions {
  std::vector<Byte> charter;
  std::string policy;  ///< C2SP tlog-policy, where there is no charter
  Following following;
};

/// Alarms are kept in the memory before they are handed out; one that lasts is told once by each
/// monitor object. Not thread-safe.
class Monitor {
 public:
  /// Reads everything that was seen before. Errors: those of parse_charter, Policy::parse and the
  /// memory; errc::monitor_state where the memory is of another log.
  [[nodiscard]] static Outcome<std::unique_ptr<Monitor>> open(Memory memory, MonitorOptions options,
                                                              Clock& clock);

  /// One round: the log's head, the mirrors' heads, new entries. A mirror that doesn't answer is
  /// left out. Errors: where the log itself can't be reached, after all else was done; those of the
  /// memory.
  [[nodiscard]] Outcome<void> look(LogSource& log, std::span<LogSource* const> mirrors);

  /// A head handed in from elsewhere. Errors: those of HeadBook::authenticate: who forged a note
  /// proves nothing.
  [[nodiscard]] Outcome<void> hear(const std::string& note, const std::string& source);

  /// A chip's attestation: it names the head that the chip last relied on.
  /// Errors: errc::monitor_attester_unknown, those of verify_attestation.
  [[nodiscard]] Outcome<void> check_attestation(ByteView attestation, const std::string& source);

  /// A leaf file that a chip received. Errors: those of parse_leaf_file and parse_leaf.
  [[nodiscard]] Outcome<void> check_leaf(ByteView file, const std::string& source);

  /// What was found since the last call.
  [[nodiscard]] std::vector<Alarm> take_alarms();

  [[nodiscard]] tlog::TreeHead head() const { return tree_.head(); }

  /// Places that could not be asked in the last round, for a log file.
  [[nodiscard]] const std::vector<Failure>& unheard() const { return unheard_; }

  /// URLs of the mirrors that the charter names.
  [[nodiscard]] std::vector<std::string> mirror_urls() const;

 private:
  /// How a place stands to the entries of a head.
  enum class Serving { taken, other_history, withheld, silent };

  Monitor(Memory memory, Clock& clock) : memory_(std::move(memory)), clock_(clock) {}

  [[nodiscard]] Outcome<void> set_policies();
  [[nodiscard]] Outcome<void> recall();
  [[nodiscard]] Outcome<void> raise(Alarm alarm);
  [[nodiscard]] Outcome<void> raise_all(std::vector<Alarm> alarms);
  [[nodiscard]] Outcome<void> add_head(KnownHead head);
  [[nodiscard]] Outcome<void> hear_published(const std::string& note, const std::string& source,
                                             bool log_itself);
  [[nodiscard]] Outcome<void> check_shown(const KnownHead& head);
  [[nodiscard]] Outcome<void> catch_up(LogSource& log, std::span<LogSource* const> mirrors);
  [[nodiscard]] Outcome<void> pursue(const KnownHead& head, LogSource& log,
                                     std::span<LogSource* const> mirrors);
  [[nodiscard]] Outcome<Serving> take_from(LogSource& source, const KnownHead& head);
  [[nodiscard]] Outcome<void> examine();

  Memory memory_;
  Clock& clock_;
  std::string log_policy_;
  std::string mirror_policy_;
  tlog::Policy witnesses_;
  tlog::Policy mirrors_;
  HeadBook book_{{&witnesses_, nullptr}};
  std::unique_ptr<FleetView> fleet_;  ///< none under a policy alone
  tlog::Tree tree_;
  std::vector<std::vector<Byte>> fresh_;  ///< entries that are verified but not judged
  std::vector<Alarm> alarms_;
  std::set<std::string> said_;
  std::set<std::string> refuted_;  ///< heads that are known not to continue the tree
  std::vector<Failure> unheard_;
};

}  // namespace daymark::monitor
