#include "daymark/ranging/packet.h"

#include <algorithm>

#include "daymark/base/errors.h"
#include "daymark/ranging/errors.h"

namespace daymark::ranging {

namespace {

constexpr ByteArray<4> magic{'D', 'M', 'r', 'g'};
constexpr Byte packet_version = 1;
constexpr std::size_t version_at = 4;
constexpr std::size_t type_at = 5;
constexpr std::size_t length_at = 6;

/// The byte at type_at: 1 + index of the alternative in Packet.
constexpr Byte type_opening = 1;
constexpr std::size_t type_count = std::variant_size_v<Packet>;

std::unexpected<Error> broken_at(std::size_t offset) {
  return fail(errc::ranging_packet, field::packet, static_cast<std::uint32_t>(offset));
}

/// Takes the fields of a body off its front; the caller has checked the whole length.
class Body {
 public:
  explicit Body(ByteView bytes) : rest_(bytes) {}

  template <std::size_t N>
  [[nodiscard]] ByteArray<N> take() {
    const ByteView part = rest_.first(N);
    rest_ = rest_.subspan(N);
    return array_of<N>(part);
  }

  template <class Unsigned>
  [[nodiscard]] Unsigned take_number() {
    const auto part = take<sizeof(Unsigned)>();
    return get_big_endian<Unsigned>(part);
  }

  [[nodiscard]] ByteView rest() const { return rest_; }

 private:
  ByteView rest_;
};

/// Least and most bytes of a body.
struct Sizes {
  std::size_t least = 0;
  std::size_t most = 0;
};

constexpr Sizes exactly(std::size_t size) {
  return {size, size};
}

constexpr std::array<Sizes, type_count> body_sizes{{
    {sizeof(Cookie), sizeof(Cookie) + opening_size_max},
    exactly(sizeof(Cookie)),
    {SessionId::size + 1, SessionId::size + welcome_size_max},
    exactly(SessionId::size),
    exactly(SessionId::size + sizeof(std::uint32_t) + sizeof(Challenge)),
    exactly(SessionId::size + sizeof(std::uint32_t) + sizeof(AnswerTag)),
    {SessionId::size + 1, SessionId::size + receipt_size_max},
    exactly(sizeof(Errc)),
}};

/// A zero cookie asks for one and carries nothing; a cookie comes with the opening.
bool is_whole(const OpeningPacket& packet) {
  return (packet.cookie == Cookie{}) == packet.opening.empty();
}

Packet parse_body(Byte type, ByteView bytes) {
  Body body(bytes);
  switch (type) {
    case type_opening: {
      const auto cookie = body.take<sizeof(Cookie)>();
      return OpeningPacket{cookie, body.rest()};
    }
    case 2: return CookiePacket{body.take<sizeof(Cookie)>()};
    case 8: return ErrorPacket{Errc{body.take_number<std::uint16_t>()}};
    default: break;
  }
  const SessionId session{body.take<SessionId::size>()};
  if (type == 3) return WelcomePacket{session, body.rest()};
  if (type == 4) return ReadyPacket{session};
  if (type == 7) return ReceiptPacket{session, body.rest()};
  const auto number = body.take_number<std::uint32_t>();
  if (type == 5) return ChallengePacket{session, number, body.take<sizeof(Challenge)>()};
  return AnswerPacket{session, number, body.take<sizeof(AnswerTag)>()};
}

/// Puts the fields of a body behind the head; one that doesn't fit is remembered, not written.
class BodyWriter {
 public:
  explicit BodyWriter(MutableBytes out) : out_(out) {}

  void put(ByteView bytes) {
    fits_ = fits_ && bytes.size() <= out_.size() - used_;
    if (!fits_) return;
    copy_bytes(bytes, out_.subspan(used_));
    used_ += bytes.size();
  }

  template <class Unsigned>
  void put_number(Unsigned value) {
    ByteArray<sizeof(Unsigned)> bytes{};
    put_big_endian(value, std::span(bytes));
    put(bytes);
  }

  [[nodiscard]] bool fits() const { return fits_; }

  [[nodiscard]] std::size_t used() const { return used_; }

 private:
  MutableBytes out_;
  std::size_t used_ = 0;
  bool fits_ = true;
};

void write_body(const Packet& packet, BodyWriter& out) {
  if (const auto* opening = std::get_if<OpeningPacket>(&packet)) {
    out.put(opening->cookie);
    out.put(opening->opening);
  } else if (const auto* cookie = std::get_if<CookiePacket>(&packet)) {
    out.put(cookie->cookie);
  } else if (const auto* welcome = std::get_if<WelcomePacket>(&packet)) {
    out.put(welcome->session.view());
    out.put(welcome->welcome);
  } else if (const auto* ready = std::get_if<ReadyPacket>(&packet)) {
    out.put(ready->session.view());
  } else if (const auto* challenge = std::get_if<ChallengePacket>(&packet)) {
    out.put(challenge->session.view());
    out.put_number(challenge->number);
    out.put(challenge->challenge);
  } else if (const auto* answer = std::get_if<AnswerPacket>(&packet)) {
    out.put(answer->session.view());
    out.put_number(answer->number);
    out.put(answer->tag);
  } else if (const auto* receipt = std::get_if<ReceiptPacket>(&packet)) {
    out.put(receipt->session.view());
    out.put(receipt->receipt);
  } else if (const auto* error = std::get_if<ErrorPacket>(&packet)) {
    out.put_number(static_cast<std::uint16_t>(error->code));
  }
}

}  // namespace

Result<Packet> parse_packet(ByteView datagram) {
  if (datagram.size() < packet_head_size) return broken_at(datagram.size());
  if (datagram.size() > packet_size_max) return broken_at(packet_size_max);
  if (!equal(datagram.first(magic.size()), magic)) return broken_at(0);
  if (datagram[version_at] != packet_version) return broken_at(version_at);
  const Byte type = datagram[type_at];
  if (type < type_opening || type > type_count) return broken_at(type_at);
  const auto length = get_big_endian<std::uint16_t>(datagram.subspan<length_at, 2>());
  const Sizes sizes = body_sizes[type - type_opening];
  if (length < sizes.least || length > sizes.most) return broken_at(length_at);
  const std::size_t used = packet_head_size + length;
  const std::size_t size = type == type_opening ? opening_packet_size : used;
  if (datagram.size() != size) return broken_at(std::min(datagram.size(), size));
  const ByteView padding = datagram.subspan(used);
  const auto dirt = std::ranges::find_if(padding, [](Byte byte) { return byte != 0; });
  if (dirt != padding.end()) {
    return broken_at(used + static_cast<std::size_t>(dirt - padding.begin()));
  }
  const Packet packet = parse_body(type, datagram.subspan(packet_head_size, length));
  const auto* opening = std::get_if<OpeningPacket>(&packet);
  if (opening != nullptr && !is_whole(*opening)) return broken_at(packet_head_size);
  return packet;
}

Result<ByteView> write_packet(const Packet& packet, MutableBytes out) {
  if (out.size() < packet_head_size) return fail(errc::buffer_too_small);
  BodyWriter body(out.subspan(packet_head_size));
  write_body(packet, body);
  if (!body.fits()) return fail(errc::buffer_too_small);
  const Sizes sizes = body_sizes[packet.index()];
  if (body.used() < sizes.least || body.used() > sizes.most) return broken_at(length_at);
  const auto* opening = std::get_if<OpeningPacket>(&packet);
  if (opening != nullptr && !is_whole(*opening)) return broken_at(packet_head_size);
  copy_bytes(magic, out);
  out[version_at] = packet_version;
  out[type_at] = static_cast<Byte>(packet.index() + type_opening);
  put_big_endian(static_cast<std::uint16_t>(body.used()), out.subspan<length_at, 2>());
  const std::size_t used = packet_head_size + body.used();
  const std::size_t size = opening != nullptr ? opening_packet_size : used;
  if (out.size() < size) return fail(errc::buffer_too_small);
  std::ranges::fill(out.subspan(used, size - used), Byte{0});
  return out.first(size);
}

}  // namespace daymark::ranging
