// The chip's side: a welcome that the beacon did not sign for this session is refused and changes
// nothing. Inputs that begin with 1 are signed by the right beacon first, to get behind the
// signature.
#include "daymark/cbor/encode.h"
#include "daymark/crypto/random.h"
#include "daymark/ranging/session.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daymark;
  if (size == 0) return 0;
  const ByteView input(data + 1, size - 1);
  crypto::SeededRandom random(1);
  const crypto::SecretKey beacon{{2}};
  ranging::ChipSession session;
  ByteArray<ranging::opening_size_max> opening{};
  const auto opened = session.open({{1}}, crypto::ed25519_public(beacon), random, opening);
  if (!opened) __builtin_trap();
  const bool accepted =
      data[0] == 1
          ? session.accept(cbor::sign1(input, ranging::welcome_purpose, beacon)).has_value()
          : session.accept(input).has_value();
  // An unsigned welcome can't be accepted; a signed one leads to a session with a key.
  if (accepted && data[0] != 1) __builtin_trap();
  if (session.ready() != accepted) __builtin_trap();
  if (session.answer(0, {}).has_value() != accepted) __builtin_trap();
  return 0;
}
