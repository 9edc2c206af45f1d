// Verifiers of many signatures: every one that runs here gives the library's verdicts.
#include <array>
#include <cstdlib>

#include "daymark/lanes/verifier.h"

namespace {

using namespace daymark;

constexpr std::size_t count_max = 9;

struct Signed {
  crypto::PublicKey key;
  crypto::Signature signature;
};

/// Valid signatures over `message` under different keys.
std::array<Signed, count_max> valid_over(ByteView message) {
  std::array<Signed, count_max> out{};
  for (std::size_t i = 0; i < count_max; ++i) {
    crypto::SecretKey secret;
    secret.seed[0] = static_cast<Byte>(i);
    out[i] = {crypto::ed25519_public(secret), crypto::ed25519_sign(secret, message)};
  }
  return out;
}

/// Three bytes change one byte of a key or of a signature.
void change(std::array<Signed, count_max>& all, ByteView three) {
  Signed& one = all[three[0] % count_max];
  const std::size_t at = three[1] % 96;
  Byte& byte = at < 32 ? one.key.bytes[at] : one.signature.bytes[at - 32];
  byte = static_cast<Byte>(byte ^ three[2]);
}

}  // namespace

/// First byte: how many signatures; second: how many changes, of three bytes each; where the second
/// is odd, the first lane's key and signature are taken whole; the rest is the message.
extern "C" int LLVMFuzzerTestOneInput(const Byte* data, std::size_t size) {
  static const std::vector<std::unique_ptr<lanes::Verifier>> verifiers = lanes::all_verifiers();
  ByteView input{data, size};
  if (input.size() < 2 || input.size() > 4096) return 0;
  const std::size_t count = input[0] % (count_max + 1);
  const bool whole = input[1] % 2 != 0;
  const std::size_t changes = input[1] / 2 % 8;
  input = input.subspan(2);
  if (input.size() < 3 * changes + (whole ? 96 : 0)) return 0;
  std::array<Signed, count_max> all = valid_over(input.subspan(3 * changes));
  for (std::size_t i = 0; i < changes; ++i)
    change(all, input.subspan(3 * i, 3));
  if (whole) {
    all[0] = {{array_of<32>(input.last(96).first(32))}, {array_of<64>(input.last(64))}};
  }
  std::vector<lanes::SignedMessage> messages;
  for (std::size_t i = 0; i < count; ++i)
    messages.push_back({&all[i].key, input.subspan(3 * changes), &all[i].signature});
  std::array<bool, count_max> expected{};
  verifiers.front()->verify(messages, expected);
  for (const auto& verifier : verifiers) {
    std::array<bool, count_max> valid{};
    verifier->verify(messages, valid);
    if (valid != expected) std::abort();
  }
  return 0;
}
