#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/model_certificate_internal.h"
#include "daymark/evidence/openssl_internal.h"

namespace daymark::evidence {

namespace {

constexpr std::size_t authorities_max = 64UL << 10;

using StoreOwner = std::unique_ptr<X509_STORE, Freed<X509_STORE_free>>;
using StoreContextOwner = std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>>;
using MemoryOwner = std::unique_ptr<BIO, Freed<BIO_free_all>>;

struct StackFree {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};

using StackOwner = std::unique_ptr<STACK_OF(X509), StackFree>;

std::unexpected<Error> certificate_refused() {
  return fail(errc::model_certificate, field::certificate);
}

X509Owner parsed(ByteView der) {
  const unsigned char* at = der.data();
  X509Owner out(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (at != der.data() + der.size()) out.reset();
  return out;
}

void keep(const StackOwner& stack, X509Owner certificate) {
  if (sk_X509_push(stack.get(), certificate.get()) > 0) (void)certificate.release();
}

/// Self-signed ones are trusted, others only help to find the way.
bool read_authorities(const std::string& pem, X509_STORE* roots, const StackOwner& others) {
  const MemoryOwner memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::size_t trusted = 0;
  while (X509Owner one{PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)}) {
    if (X509_self_signed(one.get(), 1) == 1) {
      if (X509_STORE_add_cert(roots, one.get()) == 1) ++trusted;
    } else {
      keep(others, std::move(one));
    }
  }
  return trusted > 0;
}

bool may_sign_code(X509* leaf) {
  const std::uint32_t wanted = XKU_CODE_SIGN;
  const bool code = (X509_get_extended_key_usage(leaf) & wanted) != 0 &&
                    (X509_get_extension_flags(leaf) & EXFLAG_XKUSAGE) != 0;
  return code && (X509_get_key_usage(leaf) & KU_DIGITAL_SIGNATURE) != 0;
}

bool leads_to_root(X509* leaf, X509_STORE* roots, const StackOwner& others, UnixMillis time) {
  const StoreContextOwner context(X509_STORE_CTX_new());
  if (!context || X509_STORE_CTX_init(context.get(), roots, leaf, others.get()) != 1) return false;
  X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(rules, time.value / 1000);
  X509_VERIFY_PARAM_set_auth_level(rules, 2);
  return X509_verify_cert(context.get()) == 1;
}

std::string subject_of(X509* certificate) {
  const TextOwner text(X509_NAME_oneline(X509_get_subject_name(certificate), nullptr, 0));
  return text ? text.get() : "";
}

}  // namespace

Result<ModelSigner> certified_signer(const std::vector<std::vector<Byte>>& certificates,
                                     const std::string& authorities, UnixMillis time) {
  const ErrorQueueGuard guard;
  const StoreOwner roots(X509_STORE_new());
  const StackOwner others(sk_X509_new_null());
  const X509Owner leaf = certificates.empty() ? nullptr : parsed(certificates.front());
  if (!roots || !others || !leaf || authorities.size() > authorities_max) {
    return certificate_refused();
  }
  for (std::size_t i = 1; i < certificates.size(); ++i) {
    X509Owner one = parsed(certificates[i]);
    if (!one) return certificate_refused();
    keep(others, std::move(one));
  }
  const bool stands = read_authorities(authorities, roots.get(), others) &&
                      may_sign_code(leaf.get()) &&
                      leads_to_root(leaf.get(), roots.get(), others, time);
  if (!stands) return certificate_refused();
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf.get()), &der);
  const BytesOwner owner(der);
  if (size <= 0) return certificate_refused();
  DAYMARK_TRY(auto key, VerifyingKey::from_spki({der, static_cast<std::size_t>(size)}));
  return ModelSigner{std::move(key), subject_of(leaf.get())};
}

}  // namespace daymark::evidence
