// The beacon's side: an opening that no chip signed is refused; one that is signed and accepted
// leads to a welcome within its bounds. Inputs that begin with 1 are signed first.
#include "daymark/cbor/encode.h"
#include "daymark/crypto/random.h"
#include "daymark/ranging/session.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daymark;
  if (size == 0) return 0;
  const ByteView input(data + 1, size - 1);
  crypto::SeededRandom random(1);
  const crypto::SecretKey chip{{1}};
  const crypto::SecretKey beacon{{2}};
  if (data[0] != 1) {
    const auto opened = ranging::accept_opening(input, beacon, random);
    if (opened) __builtin_trap();
    return 0;
  }
  const auto message = cbor::sign1(input, ranging::open_purpose, chip);
  const auto opened = ranging::accept_opening(message, beacon, random);
  if (!opened) return 0;
  if (opened->chip != crypto::ed25519_public(chip)) __builtin_trap();
  if (opened->welcome_size == 0 || opened->welcome_size > opened->welcome.size()) __builtin_trap();
  return 0;
}
