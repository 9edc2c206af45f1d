#include "daymark/lanes/verifier.h"

#include <algorithm>

namespace daymark::lanes {

namespace {

class LibraryVerifier final : public Verifier {
 public:
  void verify(std::span<const SignedMessage> messages, std::span<bool> valid) const override {
    std::ranges::fill(valid, false);
    const std::size_t count = std::min(messages.size(), valid.size());
    for (std::size_t i = 0; i < count; ++i) {
      const SignedMessage& one = messages[i];
      valid[i] = crypto::ed25519_verify(*one.key, one.message, *one.signature).has_value();
    }
  }

  [[nodiscard]] std::string_view name() const override { return "library"; }
};

}  // namespace

std::unique_ptr<Verifier> library_verifier() {
  return std::make_unique<LibraryVerifier>();
}

std::unique_ptr<Verifier> fastest_verifier() {
  return library_verifier();
}

std::vector<std::unique_ptr<Verifier>> all_verifiers() {
  std::vector<std::unique_ptr<Verifier>> all;
  all.push_back(library_verifier());
  return all;
}

}  // namespace daymark::lanes
