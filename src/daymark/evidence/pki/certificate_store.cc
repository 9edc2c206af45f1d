#include "daymark/evidence/pki/certificate_store_internal.h"

namespace daymark::evidence {

X509Owner certificate_of_der(ByteView der) {
  const unsigned char* at = der.data();
  X509Owner out(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (at != der.data() + der.size()) out.reset();
  return out;
}

void keep_certificate(const CertificatesOwner& list, X509Owner certificate) {
  if (sk_X509_push(list.get(), certificate.get()) > 0) (void)certificate.release();
}

void CertificateStore::add(X509Owner certificate) {
  if (X509_self_signed(certificate.get(), 1) != 1) {
    keep_certificate(others, std::move(certificate));
  } else if (X509_STORE_add_cert(roots.get(), certificate.get()) == 1) {
    ++trusted;
  }
}

CertificateStore store_of_ders(std::span<const std::vector<Byte>> ders) {
  CertificateStore out;
  if (!out.roots || !out.others) return out;
  for (const std::vector<Byte>& der : ders) {
    X509Owner one = certificate_of_der(der);
    if (!one) return {};
    out.add(std::move(one));
  }
  return out;
}

}  // namespace daymark::evidence
