// What lanes' tests share: signed messages that own their parts, and every kernel in turn.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "daymark/lanes/kernels_internal.h"

namespace daymark::lanes::testing {

struct Signed {
  crypto::PublicKey key;
  std::vector<Byte> message;
  crypto::Signature signature;
};

/// What crypto::ed25519_verify says of each.
inline std::vector<bool> library_verdicts(const std::vector<Signed>& all) {
  std::vector<bool> out;
  out.reserve(all.size());
  for (const Signed& one : all)
    out.push_back(crypto::ed25519_verify(one.key, one.message, one.signature).has_value());
  return out;
}

inline std::vector<bool> verdicts(const Verifier& verifier, const std::vector<Signed>& all) {
  std::vector<SignedMessage> messages;
  messages.reserve(all.size());
  for (const Signed& one : all)
    messages.push_back({&one.key, one.message, &one.signature});
  // Something must be written over.
  const std::unique_ptr<bool[]> valid(new bool[all.size() + 1]);
  std::fill_n(valid.get(), all.size(), true);
  verifier.verify(messages, {valid.get(), all.size()});
  std::vector<bool> out(all.size());
  std::copy_n(valid.get(), all.size(), out.begin());
  return out;
}

/// The n-th of many keys.
inline crypto::SecretKey secret_of(std::size_t n) {
  return {crypto::tagged_hash("lanes test key", bytes_of(std::to_string(n)))};
}

inline Signed valid_one(std::size_t n, std::size_t size = 20) {
  const crypto::SecretKey secret = secret_of(n);
  Signed out{crypto::ed25519_public(secret), std::vector<Byte>(size), {}};
  for (std::size_t i = 0; i < size; ++i)
    out.message[i] = static_cast<Byte>(n + 7 * i);
  out.signature = crypto::ed25519_sign(secret, out.message);
  return out;
}

inline std::vector<Signed> valid_ones(std::size_t count) {
  std::vector<Signed> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(valid_one(i, 3 * i));
  return out;
}

/// A test for every kernel of this build; skipped, and saying why, where this processor can't run
/// it.
class EveryKernel : public ::testing::TestWithParam<const internal::Kernel*> {
 protected:
  void SetUp() override {
    if (!internal::runs_here(kernel())) {
      GTEST_SKIP() << "this processor lacks the instructions of " << kernel().name;
    }
    // The table of the base point takes a while: one for all tests of a kernel.
    static std::map<const internal::Kernel*, std::unique_ptr<Verifier>> kept;
    std::unique_ptr<Verifier>& verifier = kept[&kernel()];
    if (!verifier) verifier = internal::kernel_verifier(kernel(), {1});
    verifier_ = verifier.get();
  }

  [[nodiscard]] const internal::Kernel& kernel() const { return *GetParam(); }

  [[nodiscard]] const Verifier& verifier() const { return *verifier_; }

 private:
  const Verifier* verifier_ = nullptr;
};

inline std::string kernel_name(const ::testing::TestParamInfo<const internal::Kernel*>& info) {
  std::string name = info.param->name;
  std::ranges::replace(name, '-', '_');
  return name;
}

}  // namespace daymark::lanes::testing
