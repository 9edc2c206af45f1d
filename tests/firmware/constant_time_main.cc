// Runs the chip's cryptography with secrets that valgrind takes for uninitialised memory: it then
// reports every branch and every address that depends on one. constant_time [leak]
#include <cstdio>
#include <string_view>

#include <valgrind/memcheck.h>

#include "daymark/crypto/ports.h"

namespace {

using namespace daymark;

template <class T>
void hide(T& secret) {
  VALGRIND_MAKE_MEM_UNDEFINED(&secret, sizeof(secret));
}

/// What is no secret any more.
template <class T>
T& show(T& open) {
  VALGRIND_MAKE_MEM_DEFINED(&open, sizeof(open));
  return open;
}

template <std::size_t size>
ByteArray<size> hidden_bytes(Byte first) {
  ByteArray<size> out{};
  for (Byte& byte : out)
    byte = first++;
  hide(out);
  return out;
}

/// Signatures, and the key that a seed stands for.
void sign() {
  const crypto::SecretKey key{hidden_bytes<32>(3)};
  crypto::PublicKey open = crypto::ed25519_public(key);
  show(open);
  const std::array<ByteView, 2> parts{bytes_of("two parts of "), bytes_of("one message")};
  crypto::Signature signature = crypto::ed25519_sign(key, parts);
  const bool valid = crypto::ed25519_verify(open, parts, show(signature)).has_value();
  std::printf("signature %s\n", valid ? "valid" : "INVALID");
}

void exchange() {
  const crypto::ExchangeSecretKey mine{hidden_bytes<32>(70)};
  crypto::ExchangePublicKey open = crypto::x25519_public(mine);
  auto shared = crypto::x25519(mine, show(open));
  std::printf("exchange %s\n", show(shared).has_value() ? "done" : "REFUSED");
}

void authenticate() {
  const auto short_key = hidden_bytes<16>(1);
  ByteArray<8> tag = crypto::siphash(short_key, bytes_of("challenge"));
  const auto long_key = hidden_bytes<32>(9);
  const ByteView message = bytes_of("state");
  Digest seal = crypto::hmac_sha256(long_key, std::span<const ByteView>(&message, 1));
  Digest other = seal;
  bool same = crypto::equal_secret(seal, other);
  other[31] ^= 1;
  bool differs = !crypto::equal_secret(seal, other);
  std::printf("tag %02x, equal %d, unequal %d\n", unsigned{show(tag)[0]}, show(same),
              show(differs));
}

/// What must be reported, or the check proves nothing.
void leak() {
  const auto key = hidden_bytes<32>(5);
  if ((key[0] & 1U) != 0) std::printf("a branch on a secret\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "leak") {
    leak();
    return 0;
  }
  sign();
  exchange();
  authenticate();
  return 0;
}
