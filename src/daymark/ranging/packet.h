// The datagrams of ranging (docs/formats/ranging.md): strict form, one way to write each. Core.
//
//   opening    to the beacon: cookie (zero at first) and COSE_Sign1, padded to one size
//   cookie     to the chip: proves the source address; then the opening comes again with it
//   welcome    to the chip: session and COSE_Sign1
//   ready      to the beacon: session; asks for the next challenge, or for the receipt again
//   challenge  to the chip: session, number, 16 random bytes
//   answer     to the beacon: session, number, tag
//   receipt    to the chip: session and receipt (receipt.h)
//   error      to the chip: the number of an Errc
//
// All start with magic, version, type and the length of what follows; no reply is larger than its
// request until a cookie came back (PROTOCOL §9.1).
#pragma once

#include <variant>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/ranging/receipt.h"
#include "daymark/ranging/session.h"

namespace daymark::ranging {

/// Issued by a beacon to a source address; meaningless to everybody else.
using Cookie = ByteArray<16>;

inline constexpr std::size_t packet_head_size = 8;
/// Every opening has exactly this size: no smaller than the largest welcome.
inline constexpr std::size_t opening_packet_size = 416;
/// The longest packet of all: a receipt.
inline constexpr std::size_t packet_size_max =
    packet_head_size + SessionId::size + receipt_size_max;

static_assert(opening_packet_size >= packet_head_size + Cookie{}.size() + opening_size_max);
static_assert(opening_packet_size >= packet_head_size + SessionId::size + welcome_size_max);
static_assert(packet_size_max >= opening_packet_size);

// The views point into the datagram that was parsed, which must outlive them.

struct OpeningPacket {
  Cookie cookie{};   ///< all zero: none yet
  ByteView opening;  ///< empty exactly where there is no cookie: nothing goes out before it must
};

struct CookiePacket {
  Cookie cookie{};
};

struct WelcomePacket {
  SessionId session;
  ByteView welcome;
};

struct ReadyPacket {
  SessionId session;
};

struct ChallengePacket {
  SessionId session;
  std::uint32_t number = 0;
  Challenge challenge{};
};

struct AnswerPacket {
  SessionId session;
  std::uint32_t number = 0;
  AnswerTag tag{};
};

struct ReceiptPacket {
  SessionId session;
  ByteView receipt;
};

/// Why a beacon doesn't go on. Not signed: a hint for people and for retries, never evidence.
struct ErrorPacket {
  Errc code{};
};

using Packet = std::variant<OpeningPacket, CookiePacket, WelcomePacket, ReadyPacket,
                            ChallengePacket, AnswerPacket, ReceiptPacket, ErrorPacket>;

/// Errors: errc::ranging_packet with the offset of the byte that broke the form.
[[nodiscard]] Result<Packet> parse_packet(ByteView datagram);

/// Errors: errc::ranging_packet where a message inside is empty or too long, or an opening has only
/// one of cookie and message,
/// errc::buffer_too_small.
[[nodiscard]] Result<ByteView> write_packet(const Packet& packet, MutableBytes out);

}  // namespace daymark::ranging
