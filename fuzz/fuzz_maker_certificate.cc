// A chip's certificate: whatever is read, none is believed under a root that signed nothing.
#include <cstdlib>

#include "daymark/crypto/random.h"
#include "daymark/evidence/pki/maker_certificate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daymark;  // NOLINT(google-build-using-namespace)
  static const std::string root = [] {
    crypto::SeededRandom random(1);
    const evidence::Maker maker{"maker", {random.draw<32>()}};
    return *evidence::make_maker_root(maker, UnixMillis{1'772'000'000'000}, random);
  }();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const UnixMillis time{1'773'000'000'000};
  if (evidence::check_identity_certificate(text, root, time)) std::abort();
  if (evidence::check_identity_certificate(root, text, time)) std::abort();
  return 0;
}
