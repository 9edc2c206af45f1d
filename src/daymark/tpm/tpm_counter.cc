// NV counters. Their secret is the key of an HMAC over each command; it never crosses the bus but
// once, encrypted, when the index is defined.
#include <tss2/tss2_rc.h>

#include "daymark/tpm/errors.h"
#include "daymark/tpm/esys_internal.h"

namespace daymark::tpm {

namespace {

using internal::accepted;
using internal::Held;
using internal::HeldKey;
using internal::Owned;

TPM2B_NV_PUBLIC counter_area(std::uint32_t index) {
  TPM2B_NV_PUBLIC out{};
  out.nvPublic.nvIndex = index;
  out.nvPublic.nameAlg = TPM2_ALG_SHA256;
  out.nvPublic.attributes = evidence::counter_attributes;
  out.nvPublic.dataSize = sizeof(std::uint64_t);
  return out;
}

/// The index, with its secret set for sessions.
Outcome<Held> find_counter(ESYS_CONTEXT* context, const CounterKey& counter) {
  ESYS_TR handle = ESYS_TR_NONE;
  const TSS2_RC found = Esys_TR_FromTPMPublic(context, counter.index, ESYS_TR_NONE, ESYS_TR_NONE,
                                              ESYS_TR_NONE, &handle);
  if (found != TSS2_RC_SUCCESS) {
    return refuse(errc::tpm_counter_missing, "NV index", Tss2_RC_Decode(found));
  }
  Held out(context, handle, internal::Keeps::permanent);
  const auto secret = internal::sized_of<TPM2B_AUTH>(counter.secret);
  DAYMARK_CHECK(accepted(Esys_TR_SetAuth(context, handle, &secret), "TR_SetAuth"));
  return out;
}

}  // namespace

Outcome<void> Tpm::define_counter(const CounterKey& counter) {
  ESYS_CONTEXT* const esys = context_->esys;
  const TPM2B_NV_PUBLIC area = counter_area(counter.index);
  const auto secret = internal::sized_of<TPM2B_AUTH>(counter.secret);
  {
    DAYMARK_TRY(const HeldKey storage, internal::load_storage(esys));
    DAYMARK_TRY(const Held session,
                internal::start_session(esys, TPM2_SE_HMAC, storage.object.handle()));
    ESYS_TR handle = ESYS_TR_NONE;
    // The answer has no parameter that could be encrypted.
    DAYMARK_CHECK(accepted(
        Esys_TRSess_SetAttributes(esys, session.handle(), 0, TPMA_SESSION_ENCRYPT), "session"));
    const TSS2_RC answer = Esys_NV_DefineSpace(esys, ESYS_TR_RH_OWNER, session.handle(),
                                               ESYS_TR_NONE, ESYS_TR_NONE, &secret, &area, &handle);
    if (answer == TPM2_RC_NV_DEFINED) return refuse(errc::tpm_counter_taken, "NV index");
    DAYMARK_CHECK(accepted(answer, "NV_DefineSpace"));
    const Held index(esys, handle, internal::Keeps::permanent);
  }
  return advance_counter(counter);
}

Outcome<std::uint64_t> Tpm::read_counter(const CounterKey& counter) {
  ESYS_CONTEXT* const esys = context_->esys;
  DAYMARK_TRY(const Held index, find_counter(esys, counter));
  DAYMARK_TRY(const Held session, internal::start_session(esys, TPM2_SE_HMAC, std::nullopt));
  TPM2B_MAX_NV_BUFFER* read = nullptr;
  DAYMARK_CHECK(accepted(Esys_NV_Read(esys, index.handle(), index.handle(), session.handle(),
                                      ESYS_TR_NONE, ESYS_TR_NONE, sizeof(std::uint64_t), 0, &read),
                         "NV_Read"));
  const Owned<TPM2B_MAX_NV_BUFFER> owner(read);
  if (read->size != sizeof(std::uint64_t)) return refuse(errc::tpm_refused, "NV_Read");
  return get_big_endian<std::uint64_t>(
      std::span<const Byte, sizeof(std::uint64_t)>(read->buffer, sizeof(std::uint64_t)));
}

Outcome<void> Tpm::advance_counter(const CounterKey& counter) {
  ESYS_CONTEXT* const esys = context_->esys;
  DAYMARK_TRY(const Held index, find_counter(esys, counter));
  DAYMARK_TRY(const Held session, internal::start_session(esys, TPM2_SE_HMAC, std::nullopt));
  return accepted(Esys_NV_Increment(esys, index.handle(), index.handle(), session.handle(),
                                    ESYS_TR_NONE, ESYS_TR_NONE),
                  "NV_Increment");
}

Outcome<evidence::TpmSigned> Tpm::certify_counter(const CounterKey& counter, ByteView nonce) {
  ESYS_CONTEXT* const esys = context_->esys;
  DAYMARK_TRY(const HeldKey key, internal::load_attestation(esys));
  DAYMARK_TRY(const Held index, find_counter(esys, counter));
  DAYMARK_TRY(const Held session, internal::start_session(esys, TPM2_SE_HMAC, std::nullopt));
  const auto asked = internal::sized_of<TPM2B_DATA>(nonce);
  const TPMT_SIG_SCHEME scheme{TPM2_ALG_NULL, {}};
  TPM2B_ATTEST* attest = nullptr;
  TPMT_SIGNATURE* signature = nullptr;
  DAYMARK_CHECK(accepted(Esys_NV_Certify(esys, key.object.handle(), index.handle(), index.handle(),
                                         ESYS_TR_PASSWORD, session.handle(), ESYS_TR_NONE, &asked,
                                         &scheme, sizeof(std::uint64_t), 0, &attest, &signature),
                         "NV_Certify"));
  const Owned<TPM2B_ATTEST> statement(attest);
  const Owned<TPMT_SIGNATURE> proof(signature);
  return internal::signed_of(*attest, *signature);
}

Outcome<void> Tpm::remove_counter(const CounterKey& counter) {
  ESYS_CONTEXT* const esys = context_->esys;
  DAYMARK_TRY(Held index, find_counter(esys, counter));
  DAYMARK_CHECK(accepted(Esys_NV_UndefineSpace(esys, ESYS_TR_RH_OWNER, index.handle(),
                                               ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE),
                         "NV_UndefineSpace"));
  index.forget();
  return {};
}

}  // namespace daymark::tpm
