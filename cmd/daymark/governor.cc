// daymark governor run, daymark agent run: the chip's enforcement core and the host beside it.
#include <chrono>

#include "arguments.h"
#include "authority_access.h"
#include "commands.h"
#include "stop_flag.h"
#include "transport.h"
#include <fmt/format.h>

#include "daymark/agent/agent.h"
#include "daymark/agent/firmware_process.h"
#include "daymark/agent/governor_process.h"
#include "daymark/agent/meter.h"
#include "daymark/base/file.h"
#include "daymark/base/json_internal.h"
#include "daymark/crypto/key_file.h"
#include "daymark/crypto/random.h"
#include "daymark/net/signals.h"
#include "daymark/usage/account.h"

namespace daymark::cli {

namespace {

struct GovernorRunOptions {
  agent::GovernorOptions governor;
  std::string maker_file;
  double peak_tera_ops = 989.4;
  std::string firmware;
};

/// The same core as the firmware of a simulated machine.
Outcome<Exit> run_firmware(const GovernorRunOptions& options) {
  agent::FirmwareOptions firmware;
  firmware.machine.folder = options.governor.folder;
  firmware.machine.image = options.firmware;
  firmware.machine.page = {options.governor.maker, options.governor.peak};
  firmware.socket = options.governor.socket;
  DAYMARK_TRY(agent::FirmwareProcess process, agent::FirmwareProcess::open(firmware));
  const net::StopSignals signals([&] { process.stop(); });
  fmt::print("governor: chip {} at {} (firmware in a simulated machine, level L1)\n",
             to_hex(crypto::chip_id(process.chip_key()).view()), options.governor.socket);
  std::fflush(stdout);
  DAYMARK_CHECK(process.run());
  return Exit::success;
}

Outcome<Exit> run_governor(GovernorRunOptions options, const Session& session) {
  DAYMARK_TRY(const crypto::PublicKeys maker, crypto::read_public_keys(options.maker_file));
  options.governor.maker = maker.sign;
  usage::AccountOptions account;
  account.peak_tera_ops = options.peak_tera_ops;
  options.governor.peak = usage::ledger_peak(account);
  if (!options.firmware.empty()) return run_firmware(options);
  const std::unique_ptr<Clock> clock = session.clock();
  crypto::SystemRandom random;
  DAYMARK_TRY(agent::GovernorProcess process,
              agent::GovernorProcess::open(options.governor, *clock, random));
  const net::StopSignals signals([&] { process.stop(); });
  const std::string tpm =
      process.tpm_name().empty() ? "" : process.tpm_name() + ", key sealed to it and in memory, ";
  fmt::print("governor: chip {} at {} (host process, {}level L{})\n",
             to_hex(crypto::chip_id(process.chip_key()).view()), options.governor.socket, tpm,
             static_cast<unsigned>(process.level()));
  std::fflush(stdout);
  process.run();
  return Exit::success;
}

struct AgentRunOptions {
  agent::AgentOptions agent;
  agent::ReplayMeterOptions meter;
  std::string socket;
  AuthorityAccess authority;
  std::vector<std::string> beacons;
  std::string state_file;
  std::string outbox;
  std::string ranging = "1h";
  std::string renewal = "6h";
  std::uint32_t poll_ms = 200;
};

Outcome<agent::AgentOptions> agent_options(const AgentRunOptions& options) {
  agent::AgentOptions out = options.agent;
  DAYMARK_TRY(out.ranging_period, duration_argument("--ranging", options.ranging));
  DAYMARK_TRY(out.renewal_period, duration_argument("--renewal", options.renewal));
  for (const std::string& address : options.beacons) {
    out.beacons.push_back({out.beacons.size(), address});
  }
  return out;
}

Outcome<Exit> run_agent(const AgentRunOptions& options, const Session& session) {
  DAYMARK_TRY(agent::AgentOptions how, agent_options(options));
  const std::unique_ptr<Clock> clock = session.clock();
  crypto::SystemRandom random;
  const governor::Transport channel = socket_transport(options.socket);
  governor::Client governor(channel);
  DAYMARK_TRY(const authority::AuthorityClient authority, client_of(options.authority));
  agent::AgentPeers peers{&governor, &authority, clock.get(), &random, {}, nullptr, channel};
  if (!options.meter.telemetry_file.empty()) {
    DAYMARK_TRY(peers.meter, agent::replay_meter(options.meter, *clock));
  }
  agent::Outbox outbox;
  if (!options.outbox.empty()) {
    DAYMARK_TRY(outbox, agent::Outbox::open(options.outbox));
  }
  peers.outbox = &outbox;
  agent::Agent agent(std::move(how), std::move(peers));
  StopFlag stop;
  const net::StopSignals signals([&] { stop.set(); });
  do {
    const Outcome<void> done = agent.cycle(stop.token());
    if (!done) session.log(describe(done.error()));
    if (!options.state_file.empty()) {
      DAYMARK_CHECK(write_text(options.state_file, agent::agent_state_json(agent.state())));
    }
  } while (!stop.sleep(std::chrono::milliseconds(options.poll_ms)));
  return Exit::success;
}

void add_agent(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("agent", "Carries messages for one chip");
  family->require_subcommand(1);
  auto options = std::make_shared<AgentRunOptions>();
  CLI::App* command = family->add_subcommand("run", "Range, renew, apply orders, attest");
  command->add_option("--governor", options->socket, "The governor's socket")->required();
  add_authority_options(*command, options->authority)->required();
  command->add_option("--beacon", options->beacons, "HOST:PORT, in the charter's order");
  command->add_option("--state", options->state_file, "Write what is known to this file");
  command->add_option("--outbox", options->outbox,
                      "Keep receipts in this folder until the authority has taken them");
  command->add_option("--ranging", options->ranging, "How often to range")->capture_default_str();
  command->add_option("--renewal", options->renewal, "How often to renew")->capture_default_str();
  command->add_flag("--busy-ranging", options->agent.patience.busy,
                    "The governor looks for challenges without sleeping: a whole core for up to "
                    "two seconds a beacon, for round trips that are kilometres shorter");
  command->add_option("--poll-ms", options->poll_ms, "Real time between two cycles")
      ->capture_default_str();
  command->add_option("--replay-meter", options->meter.telemetry_file, "Recorded telemetry");
  command->add_option("--replay-gpu", options->meter.gpu, "Whose samples of it");
  command->footer("Example: daymark agent run --governor g.sock --authority URL");
  session.on_run(*command, [options, &session] { return run_agent(*options, session); });
}

}  // namespace

void add_governor(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("governor", "The enforcement core of one chip");
  family->require_subcommand(1);
  auto options = std::make_shared<GovernorRunOptions>();
  CLI::App* command = family->add_subcommand("run", "As a host process: level L1");
  command->add_option("--dir", options->governor.folder, "Folder of key and state")->required();
  command->add_option("--socket", options->governor.socket, "Socket to answer at")->required();
  command->add_option("--maker", options->maker_file, "The maker's public key")->required();
  command->add_option("--peak-tera-ops", options->peak_tera_ops, "The chip's peak per second")
      ->capture_default_str();
  CLI::Option* firmware = command->add_option("--firmware", options->firmware,
                                              "Run this image in QEMU; --dir holds its flash");
  command
      ->add_option("--tpm", options->governor.tcti,
                   "TPM 2.0 (swtpm:… or device:/dev/tpmrm0): counter and attestations are the "
                   "TPM's. It has no Ed25519: the chip's key is sealed to it, and root can read it "
                   "from memory while the governor runs")
      ->excludes(firmware);
  command
      ->add_option("--tpm-counter", options->governor.counter_index,
                   "NV index of the counter, made at the first start")
      ->capture_default_str();
  command->footer("Example: daymark governor run --dir g --socket g.sock --maker maker.pub");
  session.on_run(*command, [options, &session] { return run_governor(*options, session); });
  add_agent(app, session);
}

}  // namespace daymark::cli
