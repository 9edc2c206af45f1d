// Owners for what ESAPI hands out, and the shapes of keys. Internal to tpm.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include <tss2/tss2_esys.h>

#include "daymark/base/failure.h"
#include "daymark/evidence/tpm/tpm_structures.h"
#include "daymark/tpm/tpm.h"

namespace daymark::tpm::internal {

struct EsysFree {
  void operator()(void* memory) const { Esys_Free(memory); }
};

template <class T>
using Owned = std::unique_ptr<T, EsysFree>;

/// errc::tpm_refused with `command` and what the TPM's answer means.
[[nodiscard]] Outcome<void> accepted(TSS2_RC answer, const char* command);

enum class Keeps : std::uint8_t {
  transient,  ///< in one of the TPM's few places: flushed
  permanent,  ///< in NV or persistent: only the name here is given up
};

/// An object or session in use.
class Held {
 public:
  Held(ESYS_CONTEXT* context, ESYS_TR handle, Keeps keeps)
      : context_(context), handle_(handle), keeps_(keeps) {}

  Held(Held&& other) noexcept
      : context_(other.context_),
        handle_(std::exchange(other.handle_, ESYS_TR_NONE)),
        keeps_(other.keeps_) {}

  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  Held& operator=(Held&&) = delete;

  ~Held() {
    if (handle_ == ESYS_TR_NONE) return;
    if (keeps_ == Keeps::permanent) {
      (void)Esys_TR_Close(context_, &handle_);
    } else {
      (void)Esys_FlushContext(context_, handle_);
    }
  }

  [[nodiscard]] ESYS_TR handle() const { return handle_; }

  /// The TPM has removed it itself.
  void forget() { handle_ = ESYS_TR_NONE; }

 private:
  ESYS_CONTEXT* context_;
  ESYS_TR handle_;
  Keeps keeps_;
};

/// A key in use with its TPMT_PUBLIC.
struct HeldKey {
  Held object;
  std::vector<Byte> public_area;
};

[[nodiscard]] HeldKey held_key(ESYS_CONTEXT* context, ESYS_TR handle, const TPMT_PUBLIC& area,
                               Keeps keeps);

// Primary keys (tpm.h says of which kinds), and the storage key that seals.
[[nodiscard]] Outcome<HeldKey> load_endorsement(ESYS_CONTEXT* context);
[[nodiscard]] Outcome<HeldKey> load_attestation(ESYS_CONTEXT* context);
[[nodiscard]] Outcome<HeldKey> load_storage(ESYS_CONTEXT* context);

/// An HMAC or policy session; with `salt` (a decryption key) first parameters travel encrypted both
/// ways where a command has them.
[[nodiscard]] Outcome<Held> start_session(ESYS_CONTEXT* context, TPM2_SE kind,
                                          std::optional<ESYS_TR> salt);

[[nodiscard]] TPML_PCR_SELECTION selection_of(evidence::PcrMask pcrs);

/// Truncated to the buffer of a TPM2B.
template <class Sized>
[[nodiscard]] Sized sized_of(ByteView bytes) {
  Sized out{};
  const std::size_t size = std::min(bytes.size(), sizeof(out.buffer));
  out.size = static_cast<UINT16>(size);
  copy_bytes(bytes.first(size), out.buffer);
  return out;
}

[[nodiscard]] evidence::TpmSigned signed_of(const TPM2B_ATTEST& attest,
                                            const TPMT_SIGNATURE& signature);

}  // namespace daymark::tpm::internal

namespace daymark::tpm {

struct Tpm::Context {
  TSS2_TCTI_CONTEXT* tcti = nullptr;
  ESYS_CONTEXT* esys = nullptr;

  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  Context(Context&&) = delete;
  Context& operator=(Context&&) = delete;
  ~Context();
};

}  // namespace daymark::tpm
