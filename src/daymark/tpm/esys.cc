#include <tss2/tss2_mu.h>
#include <tss2/tss2_rc.h>

#include "daymark/tpm/errors.h"
#include "daymark/tpm/esys_internal.h"

namespace daymark::tpm::internal {

namespace {

constexpr TPM2_HANDLE persistent_endorsement = 0x81010001;

/// What all of our keys have in common.
TPM2B_PUBLIC shape(TPMI_ALG_PUBLIC type, TPMA_OBJECT attributes) {
  TPM2B_PUBLIC out{};
  out.publicArea.type = type;
  out.publicArea.nameAlg = TPM2_ALG_SHA256;
  out.publicArea.objectAttributes = attributes | TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT |
                                    TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_RESTRICTED;
  return out;
}

TPMT_SYM_DEF_OBJECT aes_128_cfb() {
  TPMT_SYM_DEF_OBJECT out{};
  out.algorithm = TPM2_ALG_AES;
  out.keyBits.aes = 128;
  out.mode.aes = TPM2_ALG_CFB;
  return out;
}

TPM2B_PUBLIC elliptic(TPMA_OBJECT attributes) {
  TPM2B_PUBLIC out = shape(TPM2_ALG_ECC, attributes | TPMA_OBJECT_USERWITHAUTH);
  TPMS_ECC_PARMS& detail = out.publicArea.parameters.eccDetail;
  detail.symmetric.algorithm = TPM2_ALG_NULL;
  detail.scheme.scheme = TPM2_ALG_NULL;
  detail.curveID = TPM2_ECC_NIST_P256;
  detail.kdf.scheme = TPM2_ALG_NULL;
  return out;
}

TPM2B_PUBLIC attestation_shape() {
  TPM2B_PUBLIC out = elliptic(TPMA_OBJECT_SIGN_ENCRYPT);
  TPMT_ECC_SCHEME& scheme = out.publicArea.parameters.eccDetail.scheme;
  scheme.scheme = TPM2_ALG_ECDSA;
  scheme.details.ecdsa.hashAlg = TPM2_ALG_SHA256;
  return out;
}

TPM2B_PUBLIC storage_shape() {
  TPM2B_PUBLIC out = elliptic(TPMA_OBJECT_DECRYPT | TPMA_OBJECT_NODA);
  out.publicArea.parameters.eccDetail.symmetric = aes_128_cfb();
  return out;
}

/// Template L-1 of the TCG EK Credential Profile, §B.3.3.
TPM2B_PUBLIC endorsement_shape() {
  TPM2B_PUBLIC out = shape(TPM2_ALG_RSA, TPMA_OBJECT_DECRYPT | TPMA_OBJECT_ADMINWITHPOLICY);
  out.publicArea.authPolicy = sized_of<TPM2B_DIGEST>(evidence::endorsement_policy);
  TPMS_RSA_PARMS& detail = out.publicArea.parameters.rsaDetail;
  detail.symmetric = aes_128_cfb();
  detail.scheme.scheme = TPM2_ALG_NULL;
  detail.keyBits = 2048;
  detail.exponent = 0;
  out.publicArea.unique.rsa.size = 256;
  return out;
}

Outcome<HeldKey> make_primary(ESYS_CONTEXT* context, ESYS_TR hierarchy, const TPM2B_PUBLIC& area) {
  const TPM2B_SENSITIVE_CREATE sensitive{};
  const TPM2B_DATA outside{};
  const TPML_PCR_SELECTION pcrs{};
  ESYS_TR handle = ESYS_TR_NONE;
  TPM2B_PUBLIC* made = nullptr;
  DAYMARK_CHECK(accepted(Esys_CreatePrimary(context, hierarchy, ESYS_TR_PASSWORD, ESYS_TR_NONE,
                                            ESYS_TR_NONE, &sensitive, &area, &outside, &pcrs,
                                            &handle, &made, nullptr, nullptr, nullptr),
                         "CreatePrimary"));
  const Owned<TPM2B_PUBLIC> owner(made);
  return held_key(context, handle, made->publicArea, Keeps::transient);
}

/// The maker's endorsement key where it is kept ready; making it takes a TPM seconds.
std::optional<HeldKey> persistent_key(ESYS_CONTEXT* context) {
  ESYS_TR handle = ESYS_TR_NONE;
  if (Esys_TR_FromTPMPublic(context, persistent_endorsement, ESYS_TR_NONE, ESYS_TR_NONE,
                            ESYS_TR_NONE, &handle) != TSS2_RC_SUCCESS) {
    return std::nullopt;
  }
  Held held(context, handle, Keeps::permanent);
  TPM2B_PUBLIC* area = nullptr;
  const TSS2_RC read = Esys_ReadPublic(context, handle, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                       &area, nullptr, nullptr);
  const Owned<TPM2B_PUBLIC> owner(area);
  if (read != TSS2_RC_SUCCESS) return std::nullopt;
  held.forget();
  HeldKey out = held_key(context, handle, area->publicArea, Keeps::permanent);
  if (!evidence::parse_endorsement_public(out.public_area)) return std::nullopt;
  return out;
}

}  // namespace

Outcome<void> accepted(TSS2_RC answer, const char* command) {
  if (answer == TSS2_RC_SUCCESS) return {};
  return refuse(errc::tpm_refused, command, Tss2_RC_Decode(answer));
}

HeldKey held_key(ESYS_CONTEXT* context, ESYS_TR handle, const TPMT_PUBLIC& area, Keeps keeps) {
  HeldKey out{Held(context, handle, keeps), std::vector<Byte>(sizeof(TPMT_PUBLIC))};
  std::size_t size = 0;
  const TSS2_RC done =
      Tss2_MU_TPMT_PUBLIC_Marshal(&area, out.public_area.data(), out.public_area.size(), &size);
  out.public_area.resize(done == TSS2_RC_SUCCESS ? size : 0);
  return out;
}

Outcome<HeldKey> load_endorsement(ESYS_CONTEXT* context) {
  if (auto key = persistent_key(context)) return *std::move(key);
  return make_primary(context, ESYS_TR_RH_ENDORSEMENT, endorsement_shape());
}

Outcome<HeldKey> load_attestation(ESYS_CONTEXT* context) {
  return make_primary(context, ESYS_TR_RH_ENDORSEMENT, attestation_shape());
}

Outcome<HeldKey> load_storage(ESYS_CONTEXT* context) {
  return make_primary(context, ESYS_TR_RH_OWNER, storage_shape());
}

Outcome<Held> start_session(ESYS_CONTEXT* context, TPM2_SE kind, std::optional<ESYS_TR> salt) {
  TPMT_SYM_DEF symmetric{};
  symmetric.algorithm = TPM2_ALG_AES;
  symmetric.keyBits.aes = 128;
  symmetric.mode.aes = TPM2_ALG_CFB;
  ESYS_TR handle = ESYS_TR_NONE;
  DAYMARK_CHECK(accepted(Esys_StartAuthSession(context, salt.value_or(ESYS_TR_NONE), ESYS_TR_NONE,
                                               ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, nullptr,
                                               kind, &symmetric, TPM2_ALG_SHA256, &handle),
                         "StartAuthSession"));
  Held out(context, handle, Keeps::transient);
  if (salt) {
    constexpr TPMA_SESSION both =
        TPMA_SESSION_CONTINUESESSION | TPMA_SESSION_DECRYPT | TPMA_SESSION_ENCRYPT;
    DAYMARK_CHECK(
        accepted(Esys_TRSess_SetAttributes(context, handle, both, 0xFF), "session attributes"));
  }
  return out;
}

TPML_PCR_SELECTION selection_of(evidence::PcrMask pcrs) {
  TPML_PCR_SELECTION out{};
  out.count = 1;
  out.pcrSelections[0].hash = TPM2_ALG_SHA256;
  out.pcrSelections[0].sizeofSelect = 3;
  for (unsigned i = 0; i < 3; ++i) {
    out.pcrSelections[0].pcrSelect[i] = static_cast<BYTE>(pcrs >> (8 * i) & 0xFF);
  }
  return out;
}

evidence::TpmSigned signed_of(const TPM2B_ATTEST& attest, const TPMT_SIGNATURE& signature) {
  evidence::TpmSigned out;
  out.attest.assign(attest.attestationData, attest.attestationData + attest.size);
  out.signature.resize(sizeof(TPMT_SIGNATURE));
  std::size_t size = 0;
  const TSS2_RC done =
      Tss2_MU_TPMT_SIGNATURE_Marshal(&signature, out.signature.data(), out.signature.size(), &size);
  out.signature.resize(done == TSS2_RC_SUCCESS ? size : 0);
  return out;
}

}  // namespace daymark::tpm::internal
