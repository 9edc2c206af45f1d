// Sealed secrets: keyed hashes under the storage key that open under a PCR policy alone.
#include <tss2/tss2_mu.h>
#include <tss2/tss2_rc.h>

#include "daymark/crypto/ports.h"
#include "daymark/tpm/errors.h"
#include "daymark/tpm/esys_internal.h"

namespace daymark::tpm {

namespace {

using internal::accepted;
using internal::Held;
using internal::HeldKey;
using internal::Owned;

/// Binds `session` to the present values of `pcrs`.
Outcome<void> bind_to_pcrs(ESYS_CONTEXT* context, const Held& session, evidence::PcrMask pcrs) {
  const TPM2B_DIGEST present{};  // of no size: the TPM takes what its PCRs hold
  const TPML_PCR_SELECTION selection = internal::selection_of(pcrs);
  return accepted(Esys_PolicyPCR(context, session.handle(), ESYS_TR_NONE, ESYS_TR_NONE,
                                 ESYS_TR_NONE, &present, &selection),
                  "PolicyPCR");
}

Outcome<TPM2B_DIGEST> pcr_policy(ESYS_CONTEXT* context, evidence::PcrMask pcrs) {
  DAYMARK_TRY(const Held session, internal::start_session(context, TPM2_SE_TRIAL, std::nullopt));
  DAYMARK_CHECK(bind_to_pcrs(context, session, pcrs));
  TPM2B_DIGEST* policy = nullptr;
  DAYMARK_CHECK(accepted(Esys_PolicyGetDigest(context, session.handle(), ESYS_TR_NONE, ESYS_TR_NONE,
                                              ESYS_TR_NONE, &policy),
                         "PolicyGetDigest"));
  const Owned<TPM2B_DIGEST> owner(policy);
  return *policy;
}

TPM2B_PUBLIC sealed_shape(const TPM2B_DIGEST& policy) {
  TPM2B_PUBLIC out{};
  out.publicArea.type = TPM2_ALG_KEYEDHASH;
  out.publicArea.nameAlg = TPM2_ALG_SHA256;
  out.publicArea.objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT;
  out.publicArea.authPolicy = policy;
  out.publicArea.parameters.keyedHashDetail.scheme.scheme = TPM2_ALG_NULL;
  return out;
}

template <class Part>
struct Parsed {
  Part part{};
  bool whole = false;
};

Parsed<TPMT_PUBLIC> parse_public(ByteView bytes) {
  Parsed<TPMT_PUBLIC> out;
  std::size_t used = 0;
  out.whole = Tss2_MU_TPMT_PUBLIC_Unmarshal(bytes.data(), bytes.size(), &used, &out.part) ==
                  TSS2_RC_SUCCESS &&
              used == bytes.size();
  return out;
}

}  // namespace

Outcome<Sealed> Tpm::seal(ByteView secret, evidence::PcrMask pcrs) {
  ESYS_CONTEXT* const esys = context_->esys;
  if (secret.size() > sealed_secret_max) return refuse(errc::tpm_refused, "secret");
  DAYMARK_TRY(const TPM2B_DIGEST policy, pcr_policy(esys, pcrs));
  DAYMARK_TRY(const HeldKey storage, internal::load_storage(esys));
  DAYMARK_TRY(const Held session,
              internal::start_session(esys, TPM2_SE_HMAC, storage.object.handle()));
  TPM2B_SENSITIVE_CREATE sensitive{};
  sensitive.sensitive.data = internal::sized_of<TPM2B_SENSITIVE_DATA>(secret);
  const TPM2B_PUBLIC shape = sealed_shape(policy);
  const TPM2B_DATA outside{};
  const TPML_PCR_SELECTION none{};
  TPM2B_PRIVATE* hidden = nullptr;
  TPM2B_PUBLIC* area = nullptr;
  const TSS2_RC answer =
      Esys_Create(esys, storage.object.handle(), session.handle(), ESYS_TR_NONE, ESYS_TR_NONE,
                  &sensitive, &shape, &outside, &none, &hidden, &area, nullptr, nullptr, nullptr);
  crypto::erase(sensitive.sensitive.data.buffer);
  const Owned<TPM2B_PRIVATE> hidden_owner(hidden);
  const Owned<TPM2B_PUBLIC> area_owner(area);
  DAYMARK_CHECK(accepted(answer, "Create"));
  Sealed out;
  out.pcrs = pcrs;
  out.public_area.resize(sizeof(TPMT_PUBLIC));
  std::size_t size = 0;
  DAYMARK_CHECK(accepted(Tss2_MU_TPMT_PUBLIC_Marshal(&area->publicArea, out.public_area.data(),
                                                     out.public_area.size(), &size),
                         "marshal"));
  out.public_area.resize(size);
  out.private_area.assign(hidden->buffer, hidden->buffer + hidden->size);
  return out;
}

Outcome<std::vector<Byte>> Tpm::unseal(const Sealed& sealed) {
  ESYS_CONTEXT* const esys = context_->esys;
  const Parsed<TPMT_PUBLIC> parsed = parse_public(sealed.public_area);
  TPM2B_PRIVATE hidden{};
  if (!parsed.whole || sealed.private_area.size() > sizeof(hidden.buffer)) {
    return refuse(errc::tpm_sealed_malformed, "sealed key");
  }
  hidden = internal::sized_of<TPM2B_PRIVATE>(sealed.private_area);
  TPM2B_PUBLIC area{};
  area.publicArea = parsed.part;
  DAYMARK_TRY(const HeldKey storage, internal::load_storage(esys));
  ESYS_TR handle = ESYS_TR_NONE;
  const TSS2_RC loaded = Esys_Load(esys, storage.object.handle(), ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                   ESYS_TR_NONE, &hidden, &area, &handle);
  if (loaded != TSS2_RC_SUCCESS) {
    return refuse(errc::tpm_unsealed_not, "Load", Tss2_RC_Decode(loaded));
  }
  const Held object(esys, handle, internal::Keeps::transient);
  DAYMARK_TRY(const Held session,
              internal::start_session(esys, TPM2_SE_POLICY, storage.object.handle()));
  // Unseal has no parameter that could be encrypted on its way in.
  DAYMARK_CHECK(accepted(Esys_TRSess_SetAttributes(esys, session.handle(), 0, TPMA_SESSION_DECRYPT),
                         "session"));
  DAYMARK_CHECK(bind_to_pcrs(esys, session, sealed.pcrs));
  TPM2B_SENSITIVE_DATA* secret = nullptr;
  const TSS2_RC answer =
      Esys_Unseal(esys, handle, session.handle(), ESYS_TR_NONE, ESYS_TR_NONE, &secret);
  const Owned<TPM2B_SENSITIVE_DATA> owner(secret);
  if (answer != TSS2_RC_SUCCESS) {
    return refuse(errc::tpm_unsealed_not, "Unseal", Tss2_RC_Decode(answer));
  }
  std::vector<Byte> out(secret->buffer, secret->buffer + secret->size);
  crypto::erase(MutableBytes(secret->buffer, secret->size));
  return out;
}

}  // namespace daymark::tpm
