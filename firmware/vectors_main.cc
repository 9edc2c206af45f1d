// A second image with the same cryptography, for tests alone: it verifies and signs what it is
// sent, so that the chip's verdicts can be compared with the host's, and reads what it is told to.
//
//   request = 0 | key (32) | signature (64) | message    answer = 1 valid, 0 not
//   request = 1 | seed (32) | message                    answer = key (32) | signature (64)
//   request = 2 | address (8)                            answer = the 32 bytes there
#include <cstring>
#include <new>

#include "board.h"
#include "channel.h"

#include "daymark/crypto/ports.h"

namespace daymark::firmware {

namespace {

constexpr std::size_t message_max = 4096;

alignas(16) Byte frame_space[message_max + frame_overhead];
Byte response_space[96];
alignas(Channel) Byte channel_space[sizeof(Channel)];

ByteView verify(ByteView request) {
  constexpr std::size_t fixed = 96;
  if (request.size() < fixed) return {};
  const crypto::PublicKey key{array_of<32>(request.first(32))};
  const crypto::Signature signature{array_of<64>(request.subspan(32, 64))};
  const bool valid = crypto::ed25519_verify(key, request.subspan(fixed), signature).has_value();
  response_space[0] = valid ? 1 : 0;
  return ByteView(response_space).first(1);
}

ByteView sign(ByteView request) {
  if (request.size() < 32) return {};
  const crypto::SecretKey key{array_of<32>(request.first(32))};
  copy_bytes(crypto::ed25519_public(key).bytes, response_space);
  const crypto::Signature signature = crypto::ed25519_sign(key, request.subspan(32));
  copy_bytes(signature.bytes, MutableBytes(response_space).subspan(32));
  return response_space;
}

/// Whatever lies there: what the first stage has locked away ends the machine.
ByteView read_memory(ByteView request) {
  if (request.size() != 8) return {};
  const auto address = static_cast<Address>(get_big_endian<std::uint64_t>(request.first<8>()));
  for (std::size_t i = 0; i < 32; i += 4) {
    const std::uint32_t word = word_at(address + i);
    std::memcpy(response_space + i, &word, sizeof word);
  }
  return ByteView(response_space).first(32);
}

ByteView respond(ByteView request) {
  switch (request[0]) {
    case 0: return verify(request.subspan(1));
    case 1: return sign(request.subspan(1));
    default: return read_memory(request.subspan(1));
  }
}

}  // namespace

}  // namespace daymark::firmware

extern "C" [[noreturn]] void firmware_main();

extern "C" void firmware_main() {
  using namespace daymark;            // NOLINT(google-build-using-namespace)
  using namespace daymark::firmware;  // NOLINT(google-build-using-namespace)
  auto* const channel = new (channel_space) Channel(frame_space, nullptr, message_max);
  if (!channel->open()) reset_machine();
  while (true) {
    ByteView request;
    if (!channel->receive(tick_now() + hours(1), request) || request.empty()) continue;
    channel->send(respond(request));
  }
}
