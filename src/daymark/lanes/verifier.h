// Many Ed25519 signatures at once, one verdict for each.
//
// Every verifier gives exactly the verdicts of crypto::ed25519_verify (PROTOCOL §1.3: cofactorless,
// S < L, no low-order or non-canonical A or R): each signature has its own equation, and no
// signature's verdict depends on another's. There are no batch equations here.
//
// Only the authority may use this module (tests/tidy checks it): what a chip, a witness or a reader
// of a bundle proves, it proves by crypto::ed25519_verify.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/crypto/ports.h"

namespace daymark::lanes {

/// A signature over `message` under `key`. Key, message and signature outlive the call.
struct SignedMessage {
  const crypto::PublicKey* key;
  ByteView message;
  const crypto::Signature* signature;
};

class Verifier {
 public:
  virtual ~Verifier() = default;

  /// valid[i] says whether message i verifies. `valid` is as long as `messages`; of spans of
  /// different lengths only the common part is judged, and what is left of `valid` is false.
  /// Pure and safe from several threads.
  virtual void verify(std::span<const SignedMessage> messages, std::span<bool> valid) const = 0;

  /// A short name for tables and logs, e.g. "library".
  [[nodiscard]] virtual std::string_view name() const = 0;
};

/// crypto::ed25519_verify, one signature after the other.
[[nodiscard]] std::unique_ptr<Verifier> library_verifier();

/// The widest kernel that this processor runs, else the library.
[[nodiscard]] std::unique_ptr<Verifier> fastest_verifier();

/// Every verifier that this processor can run, the library first: tests and benches compare them.
[[nodiscard]] std::vector<std::unique_ptr<Verifier>> all_verifiers();

}  // namespace daymark::lanes
