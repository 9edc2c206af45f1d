#include <algorithm>
#include <array>
#include <cerrno>
#include <list>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "daymark/base/time.h"
#include "daymark/net/errors.h"
#include "daymark/net/unix_address_internal.h"
#include "daymark/net/unix_socket.h"

namespace daymark::net {

namespace {

/// One connection: requests come in, answers wait to go out. While an answer waits nothing is read,
/// so a client that doesn't read can't make the server hold more than one answer.
struct Client {
  Descriptor socket;
  FrameDecoder decoder;
  std::vector<Byte> out;
  std::size_t sent = 0;
  TickMillis since{};  ///< when the frame that is under way began
  bool broken = false;

  [[nodiscard]] bool is_sending() const { return sent < out.size(); }

  [[nodiscard]] bool is_busy() const { return is_sending() || decoder.is_inside_frame(); }
};

/// Holds `path`.lock, so that nobody else replaces the socket; the kernel drops it with the
/// process.
Outcome<Descriptor> take_lock(const std::string& path) {
  const std::string lock = path + ".lock";
  Descriptor fd(::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.is_open()) return refuse(errc::net_not_listening, lock, os_error_text());
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return refuse(errc::net_address_in_use, path);
  return fd;
}

/// Removes a socket that a server left behind; leaves anything else alone.
Outcome<void> remove_stale(const std::string& path, const sockaddr_un& address) {
  struct stat info{};

  if (::lstat(path.c_str(), &info) != 0) return {};
  if (!S_ISSOCK(info.st_mode)) {
    return refuse(errc::net_not_listening, path, "something else than a socket has this name");
  }
  if (connect_unix(address).is_open() || errno != ECONNREFUSED) {
    return refuse(errc::net_address_in_use, path);
  }
  ::unlink(path.c_str());
  return {};
}

Outcome<Descriptor> open_listener(const std::string& path, const sockaddr_un& address) {
  Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  // Linux gives the socket's file the mode of the descriptor: it is never wider, not even briefly.
  const bool listening = fd.is_open() && ::fchmod(fd.get(), 0600) == 0 &&
                         ::bind(fd.get(), plain(address), sizeof address) == 0 &&
                         ::chmod(path.c_str(), 0600) == 0 && ::listen(fd.get(), 64) == 0;
  if (!listening) return refuse(errc::net_not_listening, path, os_error_text());
  return fd;
}

}  // namespace

struct FrameServer::Core {
  FrameServerOptions options;
  FrameHandler handler;
  Descriptor lock;
  Descriptor listener;
  Descriptor ending;
  std::list<Client> clients;
  SystemClock clock;
  TickMillis idle_at{};
  bool stopping = false;

  Core() = default;
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  Core(Core&&) = delete;
  Core& operator=(Core&&) = delete;

  ~Core() {
    if (listener.is_open()) ::unlink(options.path.c_str());
  }

  void turn();
  void watch(std::vector<pollfd>& watched) const;
  [[nodiscard]] int wait_millis();
  void accept();
  void serve(Client& client, short events);
  void read(Client& client);
  void answer(Client& client);
  void send(Client& client);
  void drop_broken();
  void idle();
};

void FrameServer::Core::watch(std::vector<pollfd>& watched) const {
  watched.push_back({ending.get(), POLLIN, 0});
  const bool room = clients.size() < options.clients_max;
  watched.push_back({listener.get(), static_cast<short>(room ? POLLIN : 0), 0});
  for (const Client& client : clients) {
    const int events = client.is_sending() ? POLLOUT : POLLIN;
    watched.push_back({client.socket.get(), static_cast<short>(events), 0});
  }
}

/// Until the next thing that happens by itself: an idle call or a client that is too slow.
int FrameServer::Core::wait_millis() {
  const TickMillis now = clock.tick();
  std::int64_t wait = -1;
  const auto no_later_than = [&wait, now](TickMillis when) {
    const std::int64_t left = std::clamp<std::int64_t>((when - now).value, 0, 3'600'000);
    wait = wait < 0 ? left : std::min(wait, left);
  };
  if (options.idle_period.value > 0) no_later_than(idle_at);
  for (const Client& client : clients) {
    if (client.is_busy()) no_later_than(client.since + options.frame_timeout);
  }
  return static_cast<int>(wait);
}

void FrameServer::Core::turn() {
  std::vector<pollfd> watched;
  watch(watched);
  if (::poll(watched.data(), watched.size(), wait_millis()) < 0) return;
  stopping = watched[0].revents != 0;
  if (stopping) return;
  std::size_t i = 2;
  for (Client& client : clients)
    serve(client, watched[i++].revents);
  drop_broken();
  if (watched[1].revents != 0) accept();
  idle();
}

void FrameServer::Core::accept() {
  Descriptor socket(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket.is_open()) {
    // Out of descriptors, most likely: the listener stays readable, so trying at once would spin.
    if (errno != EAGAIN && errno != EINTR) ::poll(nullptr, 0, 10);
    return;
  }
  clients.emplace_back().socket = std::move(socket);
}

void FrameServer::Core::serve(Client& client, short events) {
  if (events == 0) return;
  if (client.is_sending()) {
    send(client);
  } else {
    read(client);
  }
  if (!client.broken && !client.is_sending()) answer(client);
}

void FrameServer::Core::read(Client& client) {
  std::array<Byte, 16384> piece{};
  const ssize_t got = ::recv(client.socket.get(), piece.data(), piece.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    client.broken = true;
    return;
  }
  if (!client.decoder.is_inside_frame()) client.since = clock.tick();
  client.decoder.feed(std::span(piece).first(static_cast<std::size_t>(got)));
}

/// Answers what is complete, as long as the client takes the answers.
void FrameServer::Core::answer(Client& client) {
  while (!client.broken && !client.is_sending()) {
    const Result<std::optional<FramedMessage>> request = client.decoder.next();
    // A local socket loses nothing: what is no frame is the client's mistake.
    client.broken = !request.has_value() || client.decoder.skipped() > 0;
    if (client.broken || !request->has_value()) return;
    const FramedMessage& message = request->value();
    const Result<std::vector<Byte>> frame = encode_frame(handler(message.body), message.number);
    client.broken = !frame.has_value();
    if (client.broken) return;
    client.out = *frame;
    client.sent = 0;
    client.since = clock.tick();
    send(client);
  }
}

void FrameServer::Core::send(Client& client) {
  const ByteView left = ByteView(client.out).subspan(client.sent);
  const ssize_t put = ::send(client.socket.get(), left.data(), left.size(), MSG_NOSIGNAL);
  if (put >= 0) {
    client.sent += static_cast<std::size_t>(put);
  } else {
    client.broken = errno != EAGAIN && errno != EINTR;
  }
}

void FrameServer::Core::drop_broken() {
  const TickMillis now = clock.tick();
  std::erase_if(clients, [this, now](const Client& client) {
    return client.broken || (client.is_busy() && now - client.since >= options.frame_timeout);
  });
}

void FrameServer::Core::idle() {
  if (options.idle_period.value <= 0 || clock.tick() < idle_at) return;
  idle_at = clock.tick() + options.idle_period;
  options.on_idle();
}

FrameServer::FrameServer(std::unique_ptr<Core> core) : core_(std::move(core)) {}

FrameServer::FrameServer(FrameServer&&) noexcept = default;
FrameServer& FrameServer::operator=(FrameServer&&) noexcept = default;

FrameServer::~FrameServer() = default;

Outcome<FrameServer> FrameServer::listen(FrameServerOptions options, FrameHandler handler) {
  DAYMARK_TRY(const sockaddr_un address, unix_address(options.path));
  auto core = std::make_unique<Core>();
  core->options = std::move(options);
  core->handler = std::move(handler);
  const std::string& path = core->options.path;
  DAYMARK_TRY(core->lock, take_lock(path));
  DAYMARK_CHECK(remove_stale(path, address));
  DAYMARK_TRY(core->listener, open_listener(path, address));
  core->ending.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!core->ending.is_open()) return refuse(errc::net_io, path, os_error_text());
  return FrameServer(std::move(core));
}

void FrameServer::run() {
  core_->idle_at = core_->clock.tick() + core_->options.idle_period;
  while (!core_->stopping)
    core_->turn();
}

void FrameServer::stop() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t put = ::write(core_->ending.get(), &one, sizeof one);
}

}  // namespace daymark::net
