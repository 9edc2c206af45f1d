#include "daymark/net/udp_batch.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <vector>

#include <poll.h>
#include <sys/socket.h>

#include "daymark/base/time.h"
#include "daymark/net/errors.h"
#include "daymark/net/stamp_book.h"
#include "daymark/net/udp_internal.h"

namespace daymark::net {

namespace {

/// For a stamp and, on the error queue, the number of its packet.
constexpr std::size_t control_size = 256;
/// On most cards the stamp is there when the call returns; a queueing discipline may hold it back.
constexpr timespec stamp_wait{0, 100'000};
constexpr int stamp_tries = 2;

}  // namespace

/// Where the kernel reads and writes: made once, so that a batch costs no allocation. What it wrote
/// to is made ready again, and nothing else.
struct UdpBatch::Space {
  struct Control {
    alignas(cmsghdr) std::array<Byte, control_size> bytes{};
  };

  using Messages = std::array<mmsghdr, udp_batch_max>;
  using Addresses = std::array<internal::Address, udp_batch_max>;
  using Places = std::array<iovec, udp_batch_max>;
  using Controls = std::array<Control, udp_batch_max>;

  explicit Space(std::size_t datagram_max)
      : datagram_size(datagram_max + 1), buffers(udp_batch_max * datagram_size) {
    for (std::size_t i = 0; i < udp_batch_max; ++i) {
      places_in[i] = {buffers.data() + i * datagram_size, datagram_size};
      messages_in[i].msg_hdr.msg_iov = &places_in[i];
      messages_in[i].msg_hdr.msg_iovlen = 1;
      messages_in[i].msg_hdr.msg_name = &sources[i].storage;
      messages_in[i].msg_hdr.msg_control = controls_in[i].bytes.data();
      messages_out[i].msg_hdr.msg_iov = &places_out[i];
      messages_out[i].msg_hdr.msg_iovlen = 1;
      notices[i].msg_hdr.msg_control = notice_controls[i].bytes.data();
    }
    ready(messages_in, udp_batch_max);
    ready(notices, udp_batch_max);
  }

  /// The kernel overwrites sizes and flags.
  static void ready(Messages& messages, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      msghdr& header = messages[i].msg_hdr;
      header.msg_namelen = header.msg_name == nullptr ? 0 : sizeof(sockaddr_storage);
      header.msg_controllen = control_size;
      header.msg_flags = 0;
    }
  }

  void ready_to_send(std::size_t i, const Outgoing& datagram) {
    targets[i] = internal::kernel_address(datagram.to);
    // The structure serves both directions; sendmmsg only reads.
    places_out[i] = {const_cast<Byte*>(datagram.content.data()), datagram.content.size()};
    messages_out[i].msg_hdr.msg_name = targets[i].get();
    messages_out[i].msg_hdr.msg_namelen = targets[i].size;
  }

  void request_stamp(std::size_t i, bool wanted) {
    messages_out[i].msg_hdr.msg_control = wanted ? request.bytes.data() : nullptr;
    messages_out[i].msg_hdr.msg_controllen = wanted ? request.bytes.size() : 0;
  }

  std::size_t datagram_size;
  std::vector<Byte> buffers;
  internal::StampRequest request;
  Messages messages_in{};
  Places places_in{};
  Addresses sources{};
  Controls controls_in{};
  Messages messages_out{};
  Places places_out{};
  Addresses targets{};
  Messages notices{};  ///< of the error queue
  Controls notice_controls{};
  std::array<Datagram, udp_batch_max> received{};
  std::array<std::optional<Stamp>, udp_batch_max> sent{};
  StampBook book;
};

UdpBatch::UdpBatch(UdpSocket socket, std::size_t datagram_max)
    : socket_(std::move(socket)), space_(std::make_unique<Space>(datagram_max)) {
  renumber();
}

UdpBatch::UdpBatch(UdpBatch&&) noexcept = default;
UdpBatch& UdpBatch::operator=(UdpBatch&&) noexcept = default;
UdpBatch::~UdpBatch() = default;

Outcome<std::span<const Datagram>> UdpBatch::take() {
  Space& space = *space_;
  const int got = ::recvmmsg(socket_.descriptor(), space.messages_in.data(), udp_batch_max,
                             MSG_DONTWAIT, nullptr);
  if (got < 0) {
    // A refused port of an earlier packet is reported here and concerns nobody else.
    const bool nothing = errno == EAGAIN || errno == EINTR || errno == ECONNREFUSED;
    if (nothing) return std::span<const Datagram>();
    return refuse(errc::net_io, print_endpoint(local()), os_error_text());
  }
  const Stamp after = internal::program_stamp();
  std::size_t count = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
    mmsghdr& message = space.messages_in[i];
    const bool whole = (message.msg_hdr.msg_flags & MSG_TRUNC) == 0;
    if (!whole || message.msg_len >= space.datagram_size) continue;
    const ByteView content(space.buffers.data() + i * space.datagram_size, message.msg_len);
    space.received[count++] = {content, internal::plain_endpoint(space.sources[i].storage),
                               internal::notice_of(message.msg_hdr).stamp.value_or(after)};
  }
  Space::ready(space.messages_in, static_cast<std::size_t>(got));
  return std::span(space.received).first(count);
}

Outcome<std::span<const Datagram>> UdpBatch::receive(Millis timeout) {
  SystemClock clock;
  DAYMARK_TRY(auto first, take());
  if (!first.empty()) return first;
  const TickMillis end = clock.tick() + timeout;
  while (true) {
    const std::int64_t left = (end - clock.tick()).value;
    if (left <= 0) return std::span<const Datagram>();
    pollfd watched{socket_.descriptor(), POLLIN, 0};
    const int ready =
        ::poll(&watched, 1, static_cast<int>(std::min<std::int64_t>(left, 3'600'000)));
    // A late stamp shows as POLLERR and would spin: take it off.
    if (ready > 0 && (watched.revents & POLLERR) != 0) (void)collect_once();
    DAYMARK_TRY(auto got, take());
    if (!got.empty()) return got;
  }
}

std::span<const std::optional<Stamp>> UdpBatch::send(std::span<const Outgoing> datagrams) {
  Space& space = *space_;
  const std::size_t count = std::min(datagrams.size(), udp_batch_max);
  for (std::size_t i = 0; i < count; ++i)
    space.ready_to_send(i, datagrams[i]);
  for (std::size_t at = 0; at < count;) {
    const std::size_t done = send_run(at, count);
    if (done == 0) {
      space.sent[at++] = std::nullopt;
      renumber();
    }
    at += done;
  }
  return std::span(space.sent).first(count);
}

/// Sends what leaves in one call; how many, 0 where the first of them can't be sent.
std::size_t UdpBatch::send_run(std::size_t from, std::size_t end) {
  Space& space = *space_;
  const std::size_t stride = end - from <= udp_stamp_stride ? 1 : udp_stamp_stride;
  for (std::size_t i = from; i < end; ++i)
    space.request_stamp(i, socket_.stamped_ && (i - from) % stride == 0);
  // Taken before: a stamp after the call could shorten the round trip.
  const Stamp before = internal::program_stamp();
  int put = -1;
  do {
    put = ::sendmmsg(socket_.descriptor(), space.messages_out.data() + from,
                     static_cast<unsigned>(end - from), MSG_NOSIGNAL);
  } while (put < 0 && errno == EINTR);
  if (put <= 0) return 0;
  const auto count = static_cast<std::size_t>(put);
  if (socket_.stamped_) collect((count + stride - 1) / stride);
  for (std::size_t i = 0; i < count; ++i)
    space.sent[from + i] = socket_.stamped_ ? space.book.at(i / stride).value_or(before) : before;
  return count;
}

/// Opens a page for the stamped datagrams that just left, and waits a little for their stamps.
void UdpBatch::collect(std::size_t count) {
  StampBook& book = space_->book;
  book.open(count);
  for (int tries = 0; book.missing() > 0; ++tries) {
    while (book.missing() > 0 && collect_once()) {
    }
    if (book.missing() == 0 || tries == stamp_tries) return;
    pollfd watched{socket_.descriptor(), 0, 0};
    if (::ppoll(&watched, 1, &stamp_wait, nullptr) <= 0) return;
  }
}

/// Takes the stamps that are there; false where there are none.
bool UdpBatch::collect_once() {
  Space& space = *space_;
  const std::size_t room = std::clamp<std::size_t>(space.book.missing(), 1, udp_batch_max);
  const int got = ::recvmmsg(socket_.descriptor(), space.notices.data(),
                             static_cast<unsigned>(room), MSG_ERRQUEUE | MSG_DONTWAIT, nullptr);
  if (got <= 0) return false;
  const auto count = static_cast<std::size_t>(got);
  for (std::size_t i = 0; i < count; ++i) {
    const internal::Notice notice = internal::notice_of(space.notices[i].msg_hdr);
    if (notice.stamp && notice.packet) (void)space.book.take(*notice.packet, *notice.stamp);
  }
  Space::ready(space.notices, count);
  return true;
}

/// Whether the kernel counted a datagram that it could not send is not known, and a number too low
/// would give a datagram the stamp of a later one. So both begin anew; stamps of before are dropped
/// here or, where they come later, are outside the caller's two readings of the clock.
void UdpBatch::renumber() {
  if (!socket_.stamped_) return;
  socket_.stamped_ =
      internal::ask_for_stamps(socket_.descriptor(), internal::StampedSends::requested);
  space_->book.restart();
  while (collect_once()) {
  }
}

}  // namespace daymark::net
