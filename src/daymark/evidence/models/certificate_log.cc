// Promises of certificate logs inside a certificate (RFC 6962 §3.2, §3.3).
#include <algorithm>

#include <openssl/ct.h>
#include <openssl/x509v3.h>

#include "daymark/base/bytes.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/models/model_certificate_internal.h"
#include "daymark/evidence/pki/certificate_store_internal.h"

namespace daymark::evidence {

namespace {

struct PromisesFree {
  void operator()(STACK_OF(SCT) * list) const { SCT_LIST_free(list); }
};

using PromisesOwner = std::unique_ptr<STACK_OF(SCT), PromisesFree>;

template <std::size_t N>
void put_uint(std::uint64_t value, std::vector<Byte>& out) {
  for (std::size_t i = N; i-- > 0;)
    out.push_back(static_cast<Byte>(value >> (8 * i) & 0xFFU));
}

void put_part_of(ByteView bytes, std::vector<Byte>& out) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

/// The certificate's content without the promises, as the log got it.
std::vector<Byte> logged_content(const X509* certificate) {
  const X509Owner copy(X509_dup(certificate));
  const int at = copy ? X509_get_ext_by_NID(copy.get(), NID_ct_precert_scts, -1) : -1;
  if (at < 0) return {};
  X509_EXTENSION_free(X509_delete_ext(copy.get(), at));
  unsigned char* der = nullptr;
  const int size = i2d_re_X509_tbs(copy.get(), &der);
  const BytesOwner owner(der);
  return size > 0 ? std::vector<Byte>(der, der + size) : std::vector<Byte>{};
}

/// digitally-signed struct of §3.2, for a precertificate.
std::vector<Byte> promised_bytes(SCT* promise, const Digest& issuer_key, ByteView content) {
  constexpr std::uint64_t version = 0;
  constexpr std::uint64_t certificate_timestamp = 0;
  constexpr std::uint64_t precertificate = 1;
  unsigned char* extensions = nullptr;
  const std::size_t extensions_size = SCT_get0_extensions(promise, &extensions);
  std::vector<Byte> out;
  put_uint<1>(version, out);
  put_uint<1>(certificate_timestamp, out);
  put_uint<8>(SCT_get_timestamp(promise), out);
  put_uint<2>(precertificate, out);
  put_part_of(issuer_key, out);
  put_uint<3>(content.size(), out);
  put_part_of(content, out);
  put_uint<2>(extensions_size, out);
  put_part_of({extensions, extensions_size}, out);
  return out;
}

bool is_by(SCT* promise, const TrustedLog& log, ByteView message) {
  unsigned char* id = nullptr;
  unsigned char* signature = nullptr;
  const std::size_t id_size = SCT_get0_log_id(promise, &id);
  const std::size_t size = SCT_get0_signature(promise, &signature);
  const UnixMillis time{static_cast<std::int64_t>(SCT_get_timestamp(promise))};
  return SCT_get_version(promise) == SCT_VERSION_V1 && equal(ByteView(id, id_size), log.id) &&
         log.valid.covers(time) && log.key.verifies_der(message, {signature, size});
}

}  // namespace

Result<void> check_certificate_logged(ByteView certificate, const Digest& issuer_key,
                                      std::span<const TrustedLog> logs) {
  const ErrorQueueGuard guard;
  const X509Owner parsed = certificate_of_der(certificate);
  const std::vector<Byte> content = parsed ? logged_content(parsed.get()) : std::vector<Byte>{};
  if (content.empty()) return fail(errc::sigstore_certificate_log, field::certificate);
  const PromisesOwner promises(static_cast<STACK_OF(SCT)*>(
      X509_get_ext_d2i(parsed.get(), NID_ct_precert_scts, nullptr, nullptr)));
  for (int i = 0; promises && i < sk_SCT_num(promises.get()); ++i) {
    SCT* const promise = sk_SCT_value(promises.get(), i);
    const std::vector<Byte> message = promised_bytes(promise, issuer_key, content);
    const bool held = std::ranges::any_of(
        logs, [&](const TrustedLog& log) { return is_by(promise, log, message); });
    if (held) return ok();
  }
  return fail(errc::sigstore_certificate_log, field::certificate);
}

}  // namespace daymark::evidence
