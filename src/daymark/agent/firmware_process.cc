#include "daymark/agent/firmware_process.h"

#include <thread>
#include <utility>

#include "daymark/agent/burst_message.h"
#include "daymark/agent/errors.h"
#include "daymark/base/time.h"
#include "daymark/governor/client.h"
#include "daymark/governor/errors.h"
#include "daymark/net/errors.h"
#include "daymark/net/unix_socket.h"

namespace daymark::agent {

struct FirmwareProcess::Core {
  explicit Core(Machine started) : machine(std::move(started)), channel(machine.channel()) {}

  /// An empty answer says that there is none, as a governor on the host does.
  std::vector<Byte> carry(ByteView request) {
    // A chip behind its channel has no socket: the chip is not asked, since it would count that.
    if (parse_burst_request(request)) {
      return print_burst_refusal({errc::gov_operation, no_field, 0});
    }
    return channel.call(request).value_or(std::vector<Byte>{});
  }

  [[nodiscard]] Outcome<void> await(Millis limit);

  Machine machine;
  net::FrameClient channel;
  crypto::PublicKey key;
  std::unique_ptr<net::FrameServer> server;
  bool machine_ended = false;
};

/// Until the image has answered who it is.
Outcome<void> FirmwareProcess::Core::await(Millis limit) {
  SystemClock clock;
  const TickMillis end = clock.tick() + limit;
  governor::Client client([this](ByteView request) { return channel.call(request); });
  Outcome<governor::Identity> identity = client.identify();
  while (!identity && identity.error().error.code == errc::net_unreachable) {
    if (!machine.is_running() || clock.tick() >= end) {
      return refuse(errc::agent_machine, machine.channel());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    identity = client.identify();
  }
  if (!identity) return std::unexpected(identity.error());
  key = identity->chip;
  return {};
}

Outcome<FirmwareProcess> FirmwareProcess::open(const FirmwareOptions& options) {
  DAYMARK_TRY(Machine machine, Machine::start(options.machine));
  auto core = std::make_unique<Core>(std::move(machine));
  DAYMARK_CHECK(core->await(options.start_limit));
  net::FrameServerOptions server;
  server.path = options.socket;
  server.idle_period = seconds(1);
  server.on_idle = [raw = core.get()] {
    raw->machine_ended = !raw->machine.is_running();
    if (raw->machine_ended) raw->server->stop();
  };
  DAYMARK_TRY(net::FrameServer listening,
              net::FrameServer::listen(std::move(server), [raw = core.get()](ByteView request) {
                return raw->carry(request);
              }));
  core->server = std::make_unique<net::FrameServer>(std::move(listening));
  return FirmwareProcess(std::move(core));
}

FirmwareProcess::FirmwareProcess(std::unique_ptr<Core> core) : core_(std::move(core)) {}

FirmwareProcess::FirmwareProcess(FirmwareProcess&&) noexcept = default;
FirmwareProcess& FirmwareProcess::operator=(FirmwareProcess&&) noexcept = default;
FirmwareProcess::~FirmwareProcess() = default;

const crypto::PublicKey& FirmwareProcess::chip_key() const {
  return core_->key;
}

Outcome<void> FirmwareProcess::run() {
  core_->server->run();
  return core_->machine_ended ? refuse(errc::agent_machine, core_->machine.channel())
                              : Outcome<void>{};
}

void FirmwareProcess::stop() {
  core_->server->stop();
}

}  // namespace daymark::agent
