#include "daymark/evidence/models/timestamp_token.h"

#include <algorithm>
#include <ctime>

#include <openssl/ts.h>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/pki/certificate_store_internal.h"

namespace daymark::evidence {

namespace {

using ResponseOwner = std::unique_ptr<TS_RESP, Freed<TS_RESP_free>>;
using TimestampContext = std::unique_ptr<TS_VERIFY_CTX, Freed<TS_VERIFY_CTX_free>>;

std::unexpected<Error> timestamp_fails(Errc code) {
  return fail(code, field::model_timestamp);
}

ResponseOwner response_of(ByteView der) {
  if (der.size() > timestamp_size_max) return nullptr;
  const unsigned char* at = der.data();
  ResponseOwner out(d2i_TS_RESP(nullptr, &at, static_cast<long>(der.size())));
  if (at != der.data() + der.size()) out.reset();
  return out;
}

ByteView octets_of(const ASN1_OCTET_STRING* text) {
  return {ASN1_STRING_get0_data(text), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

/// SHA-256 to SHA-512 of the signature.
bool is_over(TS_TST_INFO* info, ByteView signature) {
  TS_MSG_IMPRINT* const imprint = TS_TST_INFO_get_msg_imprint(info);
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
  const EVP_MD* hash = nullptr;
  switch (OBJ_obj2nid(algorithm)) {
    case NID_sha256: hash = EVP_sha256(); break;
    case NID_sha384: hash = EVP_sha384(); break;
    case NID_sha512: hash = EVP_sha512(); break;
    default: return false;
  }
  ByteArray<EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  return EVP_Digest(signature.data(), signature.size(), digest.data(), &size, hash, nullptr) == 1 &&
         equal(ByteView(digest).first(size), octets_of(TS_MSG_IMPRINT_get_msg(imprint)));
}

Result<UnixMillis> stated_time(TS_TST_INFO* info) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &parts) != 1) {
    return timestamp_fails(errc::sigstore_timestamp_form);
  }
  return UnixMillis{static_cast<std::int64_t>(timegm(&parts)) * 1000};
}

/// The certificates at that time, in a context that owns them.
bool stands_behind(TS_RESP* response, const TrustedAuthority& authority, UnixMillis time) {
  CertificateStore store = store_of_ders(authority.certificates);
  const TimestampContext context(TS_VERIFY_CTX_new());
  if (store.trusted == 0 || !context || !authority.valid.covers(time)) return false;
  X509_VERIFY_PARAM* const rules = X509_STORE_get0_param(store.roots.get());
  X509_VERIFY_PARAM_set_time(rules, static_cast<std::time_t>(time.value / 1000));
  X509_VERIFY_PARAM_set_auth_level(rules, 2);
  (void)TS_VERIFY_CTX_set_store(context.get(), store.roots.release());
  (void)TS_VERIFY_CTX_set_certs(context.get(), store.others.release());
  // The imprint is compared before; policy and nonce were nobody's question.
  (void)TS_VERIFY_CTX_set_flags(
      context.get(), static_cast<int>(TS_VFY_SIGNATURE | TS_VFY_VERSION | TS_VFY_SIGNER));
  return TS_RESP_verify_response(context.get(), response) == 1;
}

}  // namespace

Result<UnixMillis> verify_timestamp(ByteView response, ByteView signature,
                                    std::span<const TrustedAuthority> authorities) {
  const ErrorQueueGuard guard;
  const ResponseOwner parsed = response_of(response);
  TS_TST_INFO* const info = parsed ? TS_RESP_get_tst_info(parsed.get()) : nullptr;
  if (info == nullptr) return timestamp_fails(errc::sigstore_timestamp_form);
  if (!is_over(info, signature)) return timestamp_fails(errc::sigstore_timestamp_other);
  DAYMARK_TRY(const UnixMillis time, stated_time(info));
  const bool held = std::ranges::any_of(authorities, [&](const TrustedAuthority& one) {
    return stands_behind(parsed.get(), one, time);
  });
  return held ? Result<UnixMillis>(time) : timestamp_fails(errc::sigstore_timestamp);
}

}  // namespace daymark::evidence
