// daymark log monitor: follows a log and raises alarms.
#include "log_monitor.h"

#include "arguments.h"
#include "stop_flag.h"
#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/crypto/key_file.h"
#include "daymark/governor/documents.h"
#include "daymark/monitor/monitor.h"
#include "daymark/net/signals.h"

namespace daymark::cli {

namespace {

struct MonitorCommand {
  std::string charter;
  std::string policy;
  std::string folder;
  std::string log_url;
  std::vector<std::string> chips;
  std::string key;
  std::vector<std::string> heads;
  std::vector<std::string> attestations;
  std::vector<std::string> leaves;
  std::string every = "30s";
  bool once = false;
};

constexpr std::size_t policy_size_max = 16'384;

Outcome<monitor::MonitorOptions> options_of(const MonitorCommand& command) {
  monitor::MonitorOptions out;
  if (!command.charter.empty()) {
    DAYMARK_TRY(out.charter, read_file(command.charter, order::charter_size_max));
  } else {
    DAYMARK_TRY(out.policy, read_text(command.policy, policy_size_max));
  }
  for (const std::string& text : command.chips) {
    DAYMARK_TRY(const ChipId chip, chip_argument(text));
    out.following.chips.push_back(chip);
  }
  if (command.key.empty()) return out;
  DAYMARK_TRY(out.following.key, crypto::read_opening_key(command.key));
  return out;
}

/// What the charter or policy says of the log that is followed: its main one.
struct FollowedLog {
  std::string vkey;
  std::string url;
};

Outcome<FollowedLog> followed_log(const monitor::MonitorOptions& options,
                                  const MonitorCommand& command) {
  std::string text = options.policy;
  if (!options.charter.empty()) {
    DAYMARK_TRY(const order::Charter charter,
                about(order::parse_charter(options.charter), command.charter));
    text = charter.log_policy;
  }
  DAYMARK_TRY(const tlog::Policy policy, about(tlog::Policy::parse(text), "policy"));
  FollowedLog out;
  if (policy.logs().empty()) return out;
  const tlog::VerifierKey& key = policy.logs().front();
  out.vkey = tlog::format_vkey(key.name, key.type, key.key);
  out.url = command.log_url.empty() ? std::string(policy.log_url(0)) : command.log_url;
  return out;
}

/// The command at work: a monitor with the places that it asks.
class Watch {
 public:
  Watch(const MonitorCommand& command, const Session& session)
      : command_(command), session_(session), clock_(session.clock()) {}

  Outcome<void> open() {
    DAYMARK_TRY(monitor::MonitorOptions options, options_of(command_));
    DAYMARK_TRY(const FollowedLog log, followed_log(options, command_));
    DAYMARK_TRY(monitor::Memory memory, monitor::Memory::open(command_.folder, log.vkey));
    DAYMARK_TRY(monitor_, monitor::Monitor::open(std::move(memory), std::move(options), *clock_));
    if (!log.url.empty()) log_.emplace(log.url);
    for (const std::string& url : monitor_->mirror_urls())
      mirrors_.push_back(std::make_unique<monitor::HttpLogSource>(url));
    return {};
  }

  /// One round over everything. Errors: where a file can't be read or the log not be reached.
  Outcome<void> round() {
    for (const std::string& file : command_.heads) {
      DAYMARK_TRY(const std::string note, read_text(file, tlog::note_size_max));
      DAYMARK_CHECK(monitor_->hear(note, file));
    }
    std::vector<monitor::LogSource*> mirrors;
    mirrors.reserve(mirrors_.size());
    for (const auto& mirror : mirrors_)
      mirrors.push_back(mirror.get());
    const Outcome<void> looked = log_ ? monitor_->look(*log_, mirrors) : Outcome<void>{};
    DAYMARK_CHECK(check_documents());
    for (const Failure& failure : monitor_->unheard())
      session_.log(describe(failure, session_.language()));
    return looked;
  }

  std::vector<monitor::Alarm> take_alarms() { return monitor_->take_alarms(); }

  [[nodiscard]] std::string line(const monitor::Alarm& alarm) const {
    return monitor::to_json(alarm, clock_->now(), session_.language());
  }

  [[nodiscard]] std::string words(const monitor::Alarm& alarm) const {
    return monitor::to_text(alarm, clock_->now(), session_.language());
  }

  [[nodiscard]] tlog::TreeHead head() const { return monitor_->head(); }

 private:
  Outcome<void> check_documents() {
    for (const std::string& file : command_.attestations) {
      DAYMARK_TRY(const auto bytes, read_file(file, governor::document_size_max));
      DAYMARK_CHECK(monitor_->check_attestation(bytes, file));
    }
    for (const std::string& file : command_.leaves) {
      DAYMARK_TRY(const auto bytes, read_file(file, order::leaf_file_size_max));
      DAYMARK_CHECK(monitor_->check_leaf(bytes, file));
    }
    return {};
  }

  const MonitorCommand& command_;
  const Session& session_;
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<monitor::Monitor> monitor_;
  std::optional<monitor::HttpLogSource> log_;
  std::vector<std::unique_ptr<monitor::HttpLogSource>> mirrors_;
};

/// One round and one answer. What was found counts even where not everything could be asked.
Outcome<Exit> watch_once(Watch& watch, const Session& session) {
  const Outcome<void> done = watch.round();
  const std::vector<monitor::Alarm> alarms = watch.take_alarms();
  if (!done && alarms.empty()) return std::unexpected(done.error());
  if (!done) session.log(describe(done.error(), session.language()));
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  std::string text;
  for (const monitor::Alarm& alarm : alarms) {
    list.push_back(nlohmann::ordered_json::parse(watch.line(alarm)));
    text += watch.words(alarm);
  }
  const tlog::TreeHead head = watch.head();
  session.print(
      {{"size", head.size.value},
       {"root", to_hex(head.root)},
       {"complete", done.has_value()},
       {"alarms", list}},
      text + fmt::format("{} entries verified, {} alarms", head.size.value, alarms.size()));
  return exit_of(alarms.empty());
}

/// Until it is stopped; one line of JSON or a few of text for each alarm, as it comes.
Outcome<Exit> watch_on(Watch& watch, Millis every, const Session& session) {
  StopFlag stop;
  const net::StopSignals signals([&] { stop.set(); });
  bool alarmed = false;
  do {
    const Outcome<void> done = watch.round();
    if (!done) session.log(describe(done.error(), session.language()));
    for (const monitor::Alarm& alarm : watch.take_alarms()) {
      fmt::print("{}", session.json() ? watch.line(alarm) + "\n" : watch.words(alarm));
      alarmed = true;
    }
    std::fflush(stdout);
  } while (!stop.sleep(std::chrono::milliseconds(every.value)));
  return exit_of(!alarmed);
}

Outcome<Exit> run_monitor(const MonitorCommand& command, const Session& session) {
  DAYMARK_TRY(const Millis every, duration_argument("--every", command.every));
  Watch watch(command, session);
  DAYMARK_CHECK(watch.open());
  return command.once ? watch_once(watch, session) : watch_on(watch, every, session);
}

}  // namespace

void add_log_monitor(CLI::App& family, Session& session) {
  auto options = std::make_shared<MonitorCommand>();
  CLI::App* command = family.add_subcommand("monitor", "Follow a log and raise alarms");
  CLI::Option* charter = command->add_option("--charter", options->charter, "The fleet's first");
  CLI::Option* policy =
      command->add_option("--policy", options->policy, "Or a tlog-policy: heads and entries alone");
  charter->excludes(policy);
  command->add_option("--dir", options->folder, "Folder of its memory")->required();
  command->add_option("--log-url", options->log_url, "Where the log is served");
  command->add_option("--chip", options->chips, "A chip that you follow");
  command->add_option("--key", options->key, "Your key: opens what is sealed to you");
  command->add_option("--also-head", options->heads, "A head from elsewhere (a signed note)");
  command->add_option("--attestation", options->attestations, "A chip's attestation");
  command->add_option("--leaf", options->leaves, "The newest leaf file that a chip got");
  command->add_flag("--once", options->once, "One round; exit 1 if there is an alarm");
  command->add_option("--every", options->every, "Time between two rounds")->capture_default_str();
  command->footer(
      "Example: daymark log monitor --charter fleet.charter --dir watch --key owner.key "
      "--log-url http://127.0.0.1:7100 --chip 5c1f… --once --json");
  command->callback([options, &session, charter, policy] {
    if (charter->count() + policy->count() == 0) throw CLI::RequiredError("--charter or --policy");
    session.run([&] { return run_monitor(*options, session); });
  });
}

}  // namespace daymark::cli
