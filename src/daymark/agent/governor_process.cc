#include "daymark/agent/governor_process.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "daymark/base/file.h"
#include "daymark/crypto/key_file.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/governor.h"
#include "daymark/governor/host_storage.h"
#include "daymark/net/unix_socket.h"

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

}  // namespace

struct GovernorProcess::Core {
  Core(governor::FileStorage files, const governor::Platform& platform, Clock& time, Random& random)
      : storage(std::move(files)), governor(platform, storage, random), clock(time) {}

  std::vector<Byte> answer(ByteView request) {
    const auto response = governor.handle(clock.tick(), request, space);
    if (!response) return {};
    return {response->begin(), response->end()};
  }

  governor::FileStorage storage;
  governor::Governor governor;
  Clock& clock;
  ByteArray<governor::response_size_max> space{};
  std::unique_ptr<net::FrameServer> server;
};

Outcome<GovernorProcess> GovernorProcess::open(const GovernorOptions& options, Clock& clock,
                                               Random& random) {
  DAYMARK_TRY(auto storage, governor::FileStorage::open(options.folder));
  governor::Platform platform;
  DAYMARK_TRY(platform.chip, load_or_make_key(options.folder, random));
  DAYMARK_TRY(platform.firmware, own_digest());
  platform.maker = options.maker;
  platform.level = Level::host_signed;
  platform.peak = options.peak;
  auto core = std::make_unique<Core>(std::move(storage), platform, clock, random);
  crypto::erase(platform.chip.seed);
  DAYMARK_CHECK(about(core->governor.start(clock.tick()), options.folder));
  net::FrameServerOptions server;
  server.path = options.socket;
  server.idle_period = options.tick_period;
  // A failed save is remembered by the governor itself: every later request is refused with it.
  server.on_idle = [raw = core.get()] {
    [[maybe_unused]] const auto moved = raw->governor.advance(raw->clock.tick());
  };
  DAYMARK_TRY(net::FrameServer listening,
              net::FrameServer::listen(std::move(server), [raw = core.get()](ByteView request) {
                return raw->answer(request);
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
