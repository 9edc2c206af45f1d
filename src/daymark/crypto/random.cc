#include "daymark/crypto/random.h"

#include <sodium.h>

namespace daymark::crypto {

void SystemRandom::fill(MutableBytes out) {
  randombytes_buf(out.data(), out.size());
}

void SeededRandom::fill(MutableBytes out) {
  ByteArray<randombytes_SEEDBYTES> seed{};
  put_big_endian(seed_, std::span(seed).first<8>());
  put_big_endian(drawn_++, std::span(seed).subspan<8, 8>());
  randombytes_buf_deterministic(out.data(), out.size(), seed.data());
}

}  // namespace daymark::crypto
