#include "daymark/crypto/random.h"

#include <algorithm>

#include "daymark/crypto/ports.h"
#include "daymark/crypto/sodium_internal.h"

namespace daymark::crypto {

SystemRandom::SystemRandom() {
  internal::ready_sodium();
}

void SystemRandom::fill(MutableBytes out) {
  if (!out.empty()) randombytes_buf(out.data(), out.size());
}

BufferedRandom::~BufferedRandom() {
  erase(buffer_);
}

void BufferedRandom::fill(MutableBytes out) {
  while (!out.empty()) {
    if (used_ == buffer_.size()) {
      source_.fill(buffer_);
      used_ = 0;
    }
    const MutableBytes part =
        std::span(buffer_).subspan(used_, std::min(out.size(), buffer_.size() - used_));
    copy_bytes(part, out);
    erase(part);
    used_ += part.size();
    out = out.subspan(part.size());
  }
}

SeededRandom::SeededRandom(std::uint64_t seed) : seed_(seed) {
  internal::ready_sodium();
}

void SeededRandom::fill(MutableBytes out) {
  ByteArray<randombytes_SEEDBYTES> seed{};
  put_big_endian(seed_, std::span(seed).first<8>());
  put_big_endian(drawn_++, std::span(seed).subspan<8, 8>());
  if (!out.empty()) randombytes_buf_deterministic(out.data(), out.size(), seed.data());
}

}  // namespace daymark::crypto
