#include "daymark/agent/governor_process.h"

#include <filesystem>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include "daymark/agent/burst.h"
#include "daymark/agent/errors.h"
#include "daymark/base/file.h"
#include "daymark/crypto/key_file.h"
#include "daymark/evidence/tpm/tpm_verdict.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/governor.h"
#include "daymark/governor/host_storage.h"
#include "daymark/net/unix_socket.h"
#include "daymark/tpm/exchange.h"

namespace daymark::agent {

namespace {

Outcome<crypto::SecretKey> load_or_make_key(const std::string& folder, Random& random) {
  const std::string path = folder + "/chip.key";
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    DAYMARK_CHECK(crypto::write_keys(crypto::generate_keys("chip", random), folder));
  }
  DAYMARK_TRY(const crypto::KeyPair keys, crypto::read_key_pair(path));
  return keys.sign;
}

/// What runs is this program: its digest is what attestations state. Whoever controls the host can
/// make it say anything (L1).
Outcome<Digest> own_digest() {
  constexpr std::size_t program_size_max = std::size_t{1} << 30U;
  DAYMARK_TRY(const std::vector<Byte> program, read_file("/proc/self/exe", program_size_max));
  return crypto::sha256(program);
}

bool is_there(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

/// Files and, where there is one, the TPM: what a governor rests on.
struct Ground {
  governor::FileStorage files;
  std::optional<tpm::Port> port;
  governor::Platform platform;
  std::string tpm_name;
};

/// What the TPM is by its certificate. One without says nothing that counts: the level stays L1.
Outcome<void> name_tpm(Ground& ground) {
  DAYMARK_TRY(const evidence::TpmIdentity identity, ground.port->identity());
  const auto certificate = evidence::certificate_of(identity);
  ground.platform.level = certificate ? Level::tpm_bound : Level::host_signed;
  ground.tpm_name = certificate ? evidence::name_of_tpm(*certificate)
                                : "TPM without a usable endorsement certificate";
  return {};
}

Outcome<Ground> open_ground(const GovernorOptions& options, Random& random) {
  DAYMARK_TRY(auto files, governor::FileStorage::open(options.folder));
  Ground out{std::move(files), std::nullopt, {}, {}};
  const char* const other = options.tcti.empty() ? "/chip.tpm" : "/chip.key";
  if (is_there(options.folder + other)) return refuse(errc::agent_key_kept, options.folder);
  DAYMARK_TRY(out.platform.firmware, own_digest());
  out.platform.maker = options.maker;
  out.platform.peak = options.peak;
  if (options.tcti.empty()) {
    DAYMARK_TRY(out.platform.chip, load_or_make_key(options.folder, random));
    out.platform.level = Level::host_signed;
    return out;
  }
  DAYMARK_TRY(tpm::Port port,
              tpm::Port::open({options.tcti, options.folder, options.counter_index}, random));
  out.port.emplace(std::move(port));
  out.platform.chip = out.port->chip();
  DAYMARK_CHECK(name_tpm(out));
  return out;
}

}  // namespace

struct GovernorProcess::Core final : GovernorPort {
  /// Takes what `ground` owns; the copy of the key in it is left for the caller to erase.
  Core(Ground& ground, Clock& time, Random& random)
      : files(std::move(ground.files)),
        port(std::move(ground.port)),
        governor(ground.platform, storage(), random),
        clock(time),
        tpm_name(std::move(ground.tpm_name)),
        level(ground.platform.level) {}

  governor::Storage& storage() {
    if (!port) return files;
    counted.emplace(files, *port);
    return *counted;
  }

  std::vector<Byte> serve(ByteView request) {
    if (auto about_burst = bursts.answer(request)) return *std::move(about_burst);
    const std::lock_guard lock(mutex);
    if (port) {
      auto about_tpm =
          tpm::answer_tpm_request(request, *port, [this](ByteView nonce) { return attest(nonce); });
      if (about_tpm) return *std::move(about_tpm);
    }
    return ask_core(request);
  }

  /// Whoever calls holds the lock.
  std::vector<Byte> ask_core(ByteView request) {
    const auto response = governor.handle(clock.tick(), request, space);
    if (!response) return {};
    return {response->begin(), response->end()};
  }

  Outcome<std::vector<Byte>> attest(ByteView nonce) {
    governor::Client client(
        [this](ByteView request) -> Outcome<std::vector<Byte>> { return ask_core(request); });
    DAYMARK_TRY(auto attestation, client.attest(nonce));
    return std::move(attestation.bytes);
  }

  // What a burst asks of the core, from its own thread.
  governor::Client burst_client() {
    return governor::Client([this](ByteView request) -> Outcome<std::vector<Byte>> {
      const std::lock_guard lock(mutex);
      return ask_core(request);
    });
  }

  Outcome<std::vector<Byte>> open(std::size_t beacon) override {
    return burst_client().open_ranging(static_cast<std::uint8_t>(beacon));
  }

  Outcome<void> accept(std::size_t beacon, ByteView welcome) override {
    return burst_client().accept_welcome(static_cast<std::uint8_t>(beacon), welcome);
  }

  Outcome<ranging::AnswerTag> answer(std::size_t beacon, std::uint32_t number,
                                     const ranging::Challenge& challenge) override {
    const std::lock_guard lock(mutex);
    DAYMARK_TRY(const ranging::AnswerTag tag,
                governor.answer({static_cast<std::uint8_t>(beacon), number, challenge}));
    return tag;
  }

  /// The agent does: a receipt from a burst comes to the core as any other does.
  Outcome<void> deliver(std::size_t /*beacon*/, ByteView /*receipt*/) override { return {}; }

  governor::FileStorage files;
  std::optional<tpm::Port> port;
  std::optional<tpm::CountedStorage> counted;
  std::mutex mutex;  ///< of governor, space and TPM: a server's thread and a burst's use them
  governor::Governor governor;
  Clock& clock;
  std::string tpm_name;
  Level level;
  ByteArray<governor::response_size_max> space{};
  std::unique_ptr<net::FrameServer> server;
  BurstDesk bursts{*this};  ///< last: it ends before the core goes
};

Outcome<GovernorProcess> GovernorProcess::open(const GovernorOptions& options, Clock& clock,
                                               Random& random) {
  DAYMARK_TRY(Ground ground, open_ground(options, random));
  auto core = std::make_unique<Core>(ground, clock, random);
  crypto::erase(ground.platform.chip.seed);
  DAYMARK_CHECK(about(core->governor.start(clock.tick()), options.folder));
  net::FrameServerOptions server;
  server.path = options.socket;
  server.idle_period = options.tick_period;
  // A failed save is remembered by the governor itself: every later request is refused with it.
  server.on_idle = [raw = core.get()] {
    const std::lock_guard lock(raw->mutex);
    [[maybe_unused]] const auto moved = raw->governor.advance(raw->clock.tick());
  };
  DAYMARK_TRY(net::FrameServer listening,
              net::FrameServer::listen(std::move(server), [raw = core.get()](ByteView request) {
                return raw->serve(request);
              }));
  core->server = std::make_unique<net::FrameServer>(std::move(listening));
  return GovernorProcess(std::move(core));
}

GovernorProcess::GovernorProcess(std::unique_ptr<Core> core) : core_(std::move(core)) {}

GovernorProcess::GovernorProcess(GovernorProcess&&) noexcept = default;
GovernorProcess& GovernorProcess::operator=(GovernorProcess&&) noexcept = default;
GovernorProcess::~GovernorProcess() = default;

const crypto::PublicKey& GovernorProcess::chip_key() const {
  return core_->governor.chip_key();
}

const std::string& GovernorProcess::tpm_name() const {
  return core_->tpm_name;
}

Level GovernorProcess::level() const {
  return core_->level;
}

void GovernorProcess::run() {
  core_->server->run();
}

void GovernorProcess::stop() {
  core_->server->stop();
}

governor::Client connect_governor(const std::string& socket) {
  auto connection = std::make_shared<net::FrameClient>(socket);
  return governor::Client([connection](ByteView request) { return connection->call(request); });
}

}  // namespace daymark::agent
