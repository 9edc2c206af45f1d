// From messages to tasks for a kernel: the checks that need no arithmetic, and the hash.
#define OPENSSL_SUPPRESS_DEPRECATED  // EVP takes longer to begin than a short message to hash
#include <algorithm>
#include <array>
#include <vector>

#include <openssl/sha.h>
#include <sodium.h>

#include "daymark/lanes/halving_internal.h"
#include "daymark/lanes/kernels_internal.h"

namespace daymark::lanes::internal {

namespace {

using Encoding = ByteArray<32>;

/// p and the group's order L, least significant byte first.
constexpr Encoding field_prime = {0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};
constexpr Encoding group_order = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                  0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                  0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

/// The canonical y of every point of order 1, 2, 4 and 8: 1, -1, 0 and two others.
constexpr std::array<Encoding, 5> low_order = {
    {{1},
     {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
     {},
     {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
      0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
      0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
     {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
      0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
      0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a}}};

/// As numbers, least significant byte first.
bool below(const Encoding& a, const Encoding& b) {
  return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
}

/// Canonical, and not of low order. Whether it is a point at all, the kernel finds out.
bool acceptable_point(const Encoding& encoding) {
  Encoding y = encoding;
  y[31] &= 0x7f;
  return below(y, field_prime) && std::ranges::find(low_order, y) == low_order.end();
}

/// h = SHA-512(R || A || message) mod L (RFC 8032 §5.1.7, step 2).
Encoding challenge(const SignedMessage& one, const Encoding& commitment) {
  ByteArray<64> digest{};
  SHA512_CTX state;
  SHA512_Init(&state);
  SHA512_Update(&state, commitment.data(), commitment.size());
  SHA512_Update(&state, one.key->bytes.data(), one.key->bytes.size());
  SHA512_Update(&state, one.message.data(), one.message.size());
  SHA512_Final(digest.data(), &state);
  Encoding out{};
  crypto_core_ed25519_scalar_reduce(out.data(), digest.data());
  return out;
}

/// What there is to do about a signature.
enum class Way : std::uint8_t { refuse, kernel, library };

/// Fills in the task where a kernel is to judge it.
Way prepare(const SignedMessage& one, Task& task) {
  const ByteView signature = one.signature->bytes;
  const auto commitment = array_of<32>(signature.first(32));
  const auto response = array_of<32>(signature.last(32));
  if (!below(response, group_order)) return Way::refuse;
  if (!acceptable_point(commitment) || !acceptable_point(one.key->bytes)) return Way::refuse;
  const auto halves = halve(challenge(one, commitment));
  if (!halves) return Way::library;
  copy_bytes(one.key->bytes, task.key);
  copy_bytes(commitment, task.commitment);
  copy_bytes(halves->product, task.key_factor);
  copy_bytes(halves->multiplier, task.commitment_factor);
  task.is_negative = halves->is_negative;
  crypto_core_ed25519_scalar_mul(task.base_factor, halves->multiplier.data(), response.data());
  if (task.is_negative) crypto_core_ed25519_scalar_negate(task.base_factor, task.base_factor);
  return Way::kernel;
}

bool library_verifies(const SignedMessage& one) {
  return crypto::ed25519_verify(*one.key, one.message, *one.signature).has_value();
}

/// Tasks of one call of the kernel, and which message each belongs to.
struct Batch {
  std::array<Task, batch_max> tasks{};
  std::array<std::size_t, batch_max> message{};
  std::size_t count = 0;
};

class KernelVerifier final : public Verifier {
 public:
  KernelVerifier(const Kernel& kernel, FillMin fill_min)
      : kernel_(&kernel),
        fill_min_(fill_min),
        base_(base_table_words / (sizeof(Line) / sizeof(std::uint64_t))) {
    std::vector<Multiple> multiples(base_entries);
    base_multiples(multiples.data());
    for (std::size_t i = 0; i < base_entries; ++i)
      kernel.write_base_entry(multiples[i], base_[2 * i].words);
  }

  void verify(std::span<const SignedMessage> messages, std::span<bool> valid) const override {
    std::ranges::fill(valid, false);
    const std::size_t count = std::min(messages.size(), valid.size());
    Batch batch;
    for (std::size_t i = 0; i < count; ++i) {
      const Way way = prepare(messages[i], batch.tasks[batch.count]);
      if (way == Way::library) valid[i] = library_verifies(messages[i]);
      if (way != Way::kernel) continue;
      batch.message[batch.count] = i;
      if (++batch.count == batch_max) judge(messages, batch, valid);
    }
    judge(messages, batch, valid);
  }

  [[nodiscard]] std::string_view name() const override { return kernel_->name; }

 private:
  /// A line of the cache: the tables' alignment.
  struct alignas(64) Line {
    std::uint64_t words[8];
  };

  /// Judges the batch and empties it. What would leave a group nearly empty goes to the library.
  void judge(std::span<const SignedMessage> messages, Batch& batch, std::span<bool> valid) const {
    const std::size_t rest = batch.count % kernel_->lanes;
    const std::size_t count = rest < fill_min_.value ? batch.count - rest : batch.count;
    std::array<bool, batch_max> verdict{};
    kernel_->verify(base_.front().words, batch.tasks.data(), count, verdict.data());
    for (std::size_t i = 0; i < count; ++i)
      valid[batch.message[i]] = verdict[i];
    for (std::size_t i = count; i < batch.count; ++i)
      valid[batch.message[i]] = library_verifies(messages[batch.message[i]]);
    batch.count = 0;
  }

  const Kernel* kernel_;
  FillMin fill_min_;
  std::vector<Line> base_;
};

}  // namespace

std::unique_ptr<Verifier> kernel_verifier(const Kernel& kernel, FillMin fill_min) {
  return std::make_unique<KernelVerifier>(kernel, fill_min);
}

}  // namespace daymark::lanes::internal
