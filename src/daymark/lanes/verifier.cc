#include "daymark/lanes/verifier.h"

#include <algorithm>

#include "daymark/lanes/kernels_internal.h"

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
  const internal::Kernel* widest = nullptr;
  for (const internal::Kernel* const kernel : internal::built_kernels()) {
    const bool better = widest == nullptr || kernel->lanes > widest->lanes;
    if (kernel->faster_than_library && internal::runs_here(*kernel) && better) widest = kernel;
  }
  if (widest == nullptr) return library_verifier();
  // A group costs a kernel about two signatures of the library, whatever it holds.
  return internal::kernel_verifier(*widest, {2});
}

std::vector<std::unique_ptr<Verifier>> all_verifiers() {
  std::vector<std::unique_ptr<Verifier>> all;
  all.push_back(library_verifier());
  for (const internal::Kernel* const kernel : internal::built_kernels()) {
    if (internal::runs_here(*kernel)) all.push_back(internal::kernel_verifier(*kernel, {1}));
  }
  return all;
}

}  // namespace daymark::lanes
