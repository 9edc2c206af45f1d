// daymark gate run|approve: programs under the chip's permits.
#include "daymark/gate/gate.h"

#include <atomic>
#include <filesystem>
#include <fstream>

#include "arguments.h"
#include "commands.h"
#include "transport.h"
#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/crypto/random.h"
#include "daymark/net/signals.h"
#include "daymark/net/unix_socket.h"
#include "daymark/order/content_writer.h"

namespace daymark::cli {

namespace {

struct RunOptions {
  gate::GateOptions gate;
  std::string socket;
  std::string log_file;
};

/// One JSON line per event, synced by the system at its leisure: it is a log, not evidence.
void append_note(const std::string& file, const gate::GateNote& note) {
  if (file.empty()) return;
  nlohmann::ordered_json line{{"event", gate::name_of(note.event)},
                              {"time", to_rfc3339(note.time)}};
  if (note.reason != Errc{}) line["reason"] = entry_of(note.reason).name;
  std::ofstream(file, std::ios::app) << line.dump() << '\n';
}

Outcome<Exit> run(const RunOptions& options, const Session& session) {
  const std::unique_ptr<Clock> clock = session.clock();
  crypto::SystemRandom random;
  governor::Client client(socket_transport(options.socket));
  std::atomic<bool> stop{false};
  const net::StopSignals signals([&] { stop = true; });
  const gate::GatePeers peers{&client, clock.get(), &random, [&](const gate::GateNote& note) {
                                append_note(options.log_file, note);
                              }};
  const Outcome<int> status = gate::run_gate(options.gate, peers, stop);
  if (!status) {
    const auto error = error_json(status.error().error.code, session.language());
    session.print({{"verdict", "refused"}, {"reason", error}, {"level", "L1"}},
                  fmt::format("refused: {} ({})", describe(status.error(), session.language()),
                              entry_of(status.error().error.code).name));
    return Exit::negative;
  }
  session.print({{"verdict", "ran"}, {"status", *status}, {"level", "L1"}},
                fmt::format("ended with status {}", *status));
  return exit_of(*status == 0);
}

struct ApproveOptions {
  std::vector<std::string> programs;
  std::string out;
};

/// The list is what a policy order carries: made by the same writer.
Outcome<Exit> approve(const ApproveOptions& options, const Session& session) {
  std::vector<std::string> names;
  order::PolicySource source;
  names.reserve(options.programs.size());
  for (const std::string& path : options.programs) {
    DAYMARK_TRY(const gate::OpenedProgram program, gate::open_program(path));
    names.push_back(std::filesystem::path(program.path).filename().string());
    source.programs.push_back({names.back(), program.digest});
  }
  const std::vector<Byte> content = order::write_policy(source);
  DAYMARK_TRY(const order::PolicyContent policy, about(order::parse_policy(content), "programs"));
  DAYMARK_CHECK(write_file(options.out, policy.programs));
  session.print({{"program_root", to_hex(policy.program_root)}, {"programs", names}},
                fmt::format("{} programs, root {}", names.size(), to_hex(policy.program_root)));
  return Exit::success;
}

}  // namespace

void add_gate(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("gate", "Programs under the chip's permits");
  family->require_subcommand(1);
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = family->add_subcommand("run", "Run a program while the chip permits it");
  command->add_option("--governor", options->socket, "The governor's socket")->required();
  command->add_option("--programs", options->gate.programs_file, "List of approved programs");
  command->add_option("--world", options->gate.world_size, "Chips that work together")
      ->capture_default_str();
  command->add_option("--class", options->gate.job_class, "Declared job class, 0 to 31")
      ->check(CLI::Range(0, 31));
  command->add_option("--log", options->log_file, "Append what happens as JSON lines");
  command->add_option("command", options->gate.command, "-- PROGRAM ARGUMENT…")->required();
  command->positionals_at_end();
  command->footer("Example: daymark gate run --governor g.sock --programs list.cbor -- ./train");
  session.on_run(*command, [options, &session] { return run(*options, session); });

  auto approval = std::make_shared<ApproveOptions>();
  CLI::App* list = family->add_subcommand("approve", "Make a list of approved programs");
  list->add_option("program", approval->programs, "Executable files")->required();
  list->add_option("--out", approval->out, "Where to write the list")->required();
  list->footer("Example: daymark gate approve ./train --out programs.cbor");
  session.on_run(*list, [approval, &session] { return approve(*approval, session); });
}

}  // namespace daymark::cli
