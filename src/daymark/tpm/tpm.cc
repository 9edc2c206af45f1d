#include "daymark/tpm/tpm.h"

#include <algorithm>
#include <cstdlib>

#include <tss2/tss2_rc.h>
#include <tss2/tss2_tctildr.h>

#include "daymark/tpm/errors.h"
#include "daymark/tpm/esys_internal.h"

namespace daymark::tpm {

namespace {

using internal::accepted;
using internal::Held;
using internal::HeldKey;
using internal::Owned;

/// A scheme that leaves the choice to the key.
constexpr TPMT_SIG_SCHEME own_scheme{TPM2_ALG_NULL, {}};

/// PolicySecret over the endorsement hierarchy, which template L-1 asks for.
Outcome<Held> endorsement_session(ESYS_CONTEXT* context) {
  DAYMARK_TRY(Held session, internal::start_session(context, TPM2_SE_POLICY, std::nullopt));
  DAYMARK_CHECK(accepted(
      Esys_PolicySecret(context, ESYS_TR_RH_ENDORSEMENT, session.handle(), ESYS_TR_PASSWORD,
                        ESYS_TR_NONE, ESYS_TR_NONE, nullptr, nullptr, nullptr, 0, nullptr, nullptr),
      "PolicySecret"));
  return session;
}

/// Reads up to eight PCRs at a time until none of `pcrs` is left; the TPM says which it gave.
Outcome<void> read_some(ESYS_CONTEXT* context, evidence::PcrMask& left, std::vector<Digest>& out) {
  const TPML_PCR_SELECTION wanted = internal::selection_of(left);
  TPML_PCR_SELECTION* given = nullptr;
  TPML_DIGEST* values = nullptr;
  DAYMARK_CHECK(accepted(Esys_PCR_Read(context, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &wanted,
                                       nullptr, &given, &values),
                         "PCR_Read"));
  const Owned<TPML_PCR_SELECTION> selection(given);
  const Owned<TPML_DIGEST> digests(values);
  if (values->count == 0) return refuse(errc::tpm_refused, "PCR_Read", "no SHA-256 bank");
  for (UINT32 i = 0; i < values->count && left != 0; ++i) {
    const TPM2B_DIGEST& value = values->digests[i];
    out.push_back(array_of<sizeof(Digest)>(ByteView(value.buffer, value.size)));
    left &= left - 1;
  }
  return {};
}

/// The certificate without what pads its place in NV.
void cut_padding(std::vector<Byte>& der) {
  constexpr std::size_t head = 4;
  if (der.size() < head || der[0] != 0x30 || der[1] != 0x82) return;
  const std::size_t size = head + (std::size_t{der[2]} << 8U | der[3]);
  der.resize(std::min(der.size(), size));
}

}  // namespace

Tpm::Context::~Context() {
  if (esys != nullptr) Esys_Finalize(&esys);
  if (tcti != nullptr) Tss2_TctiLdr_Finalize(&tcti);
}

Tpm::Tpm(std::unique_ptr<Context> context) : context_(std::move(context)) {}

Tpm::Tpm(Tpm&&) noexcept = default;
Tpm& Tpm::operator=(Tpm&&) noexcept = default;
Tpm::~Tpm() = default;

Outcome<Tpm> Tpm::open(const std::string& tcti) {
  if (!tcti.starts_with("swtpm:") && !tcti.starts_with("device:")) {
    return refuse(errc::tpm_tcti, tcti);
  }
  // The library would write every refusal to stderr; they are returned instead.
  ::setenv("TSS2_LOG", "all+NONE", 0);  // NOLINT(concurrency-mt-unsafe): before any thread uses it
  auto context = std::make_unique<Context>();
  TSS2_RC answer = Tss2_TctiLdr_Initialize(tcti.c_str(), &context->tcti);
  if (answer == TSS2_RC_SUCCESS) answer = Esys_Initialize(&context->esys, context->tcti, nullptr);
  if (answer == TSS2_RC_SUCCESS) answer = Esys_Startup(context->esys, TPM2_SU_CLEAR);
  // Started already: by the kernel, or by an earlier run.
  const bool ready = answer == TSS2_RC_SUCCESS || answer == TPM2_RC_INITIALIZE;
  if (!ready) return refuse(errc::tpm_unreachable, tcti, Tss2_RC_Decode(answer));
  return Tpm(std::move(context));
}

Outcome<std::vector<Byte>> Tpm::endorsement_certificate() {
  constexpr TPM2_HANDLE certificate_index = 0x01C00002;
  constexpr UINT16 piece = 512;
  ESYS_CONTEXT* const esys = context_->esys;
  ESYS_TR handle = ESYS_TR_NONE;
  if (Esys_TR_FromTPMPublic(esys, certificate_index, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                            &handle) != TSS2_RC_SUCCESS) {
    return std::vector<Byte>();
  }
  const Held index(esys, handle, internal::Keeps::permanent);
  TPM2B_NV_PUBLIC* area = nullptr;
  DAYMARK_CHECK(accepted(
      Esys_NV_ReadPublic(esys, handle, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &area, nullptr),
      "NV_ReadPublic"));
  const Owned<TPM2B_NV_PUBLIC> owner(area);
  const std::size_t size = std::min<std::size_t>(area->nvPublic.dataSize, 4096);
  std::vector<Byte> out;
  while (out.size() < size) {
    const auto at = static_cast<UINT16>(out.size());
    TPM2B_MAX_NV_BUFFER* read = nullptr;
    DAYMARK_CHECK(accepted(
        Esys_NV_Read(esys, handle, handle, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
                     static_cast<UINT16>(std::min<std::size_t>(piece, size - at)), at, &read),
        "NV_Read"));
    const Owned<TPM2B_MAX_NV_BUFFER> bytes(read);
    if (read->size == 0) return refuse(errc::tpm_refused, "NV_Read", "no content");
    out.insert(out.end(), read->buffer, read->buffer + read->size);
  }
  cut_padding(out);
  return out;
}

Outcome<std::vector<Byte>> Tpm::endorsement_public() {
  DAYMARK_TRY(HeldKey key, internal::load_endorsement(context_->esys));
  return std::move(key.public_area);
}

Outcome<std::vector<Byte>> Tpm::attestation_public() {
  DAYMARK_TRY(HeldKey key, internal::load_attestation(context_->esys));
  return std::move(key.public_area);
}

Outcome<std::vector<Digest>> Tpm::read_pcrs(evidence::PcrMask pcrs) {
  std::vector<Digest> out;
  while (pcrs != 0)
    DAYMARK_CHECK(read_some(context_->esys, pcrs, out));
  return out;
}

Outcome<evidence::TpmSigned> Tpm::quote(evidence::PcrMask pcrs, ByteView nonce) {
  DAYMARK_TRY(const HeldKey key, internal::load_attestation(context_->esys));
  const auto asked = internal::sized_of<TPM2B_DATA>(nonce);
  const TPML_PCR_SELECTION selection = internal::selection_of(pcrs);
  TPM2B_ATTEST* attest = nullptr;
  TPMT_SIGNATURE* signature = nullptr;
  DAYMARK_CHECK(
      accepted(Esys_Quote(context_->esys, key.object.handle(), ESYS_TR_PASSWORD, ESYS_TR_NONE,
                          ESYS_TR_NONE, &asked, &own_scheme, &selection, &attest, &signature),
               "Quote"));
  const Owned<TPM2B_ATTEST> statement(attest);
  const Owned<TPMT_SIGNATURE> proof(signature);
  return internal::signed_of(*attest, *signature);
}

Outcome<std::vector<Byte>> Tpm::activate(const evidence::TpmCredential& credential) {
  ESYS_CONTEXT* const esys = context_->esys;
  if (credential.blob.size() > evidence::credential_blob_max ||
      credential.seed.size() > evidence::credential_seed_max) {
    return refuse(errc::tpm_credential_refused, "credential");
  }
  TPM2B_ID_OBJECT blob{};
  blob.size = static_cast<UINT16>(credential.blob.size());
  copy_bytes(credential.blob, blob.credential);
  TPM2B_ENCRYPTED_SECRET seed{};
  seed.size = static_cast<UINT16>(credential.seed.size());
  copy_bytes(credential.seed, seed.secret);
  DAYMARK_TRY(const HeldKey attestation, internal::load_attestation(esys));
  DAYMARK_TRY(const HeldKey endorsement, internal::load_endorsement(esys));
  DAYMARK_TRY(const Held session, endorsement_session(esys));
  TPM2B_DIGEST* secret = nullptr;
  const TSS2_RC answer = Esys_ActivateCredential(
      esys, attestation.object.handle(), endorsement.object.handle(), ESYS_TR_PASSWORD,
      session.handle(), ESYS_TR_NONE, &blob, &seed, &secret);
  const Owned<TPM2B_DIGEST> owner(secret);
  if (answer != TSS2_RC_SUCCESS) {
    return refuse(errc::tpm_credential_refused, "ActivateCredential", Tss2_RC_Decode(answer));
  }
  return std::vector<Byte>(secret->buffer, secret->buffer + secret->size);
}

}  // namespace daymark::tpm
