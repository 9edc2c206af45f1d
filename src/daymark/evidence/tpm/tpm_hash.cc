#include "daymark/evidence/pki/openssl_internal.h"
#include "daymark/evidence/tpm/tpm_fields_internal.h"
#include "daymark/evidence/tpm/tpm_hash_internal.h"

namespace daymark::evidence {

const EVP_MD* tpm_hash(std::uint16_t algorithm) {
  switch (algorithm) {
    case tpm_alg::sha1: return EVP_sha1();
    case tpm_alg::sha256: return EVP_sha256();
    case tpm_alg::sha384: return EVP_sha384();
    case tpm_alg::sha512: return EVP_sha512();
    default: return nullptr;
  }
}

std::vector<Byte> tpm_digest(std::uint16_t algorithm, std::span<const ByteView> parts) {
  const EVP_MD* const hash = tpm_hash(algorithm);
  const DigestContextOwner context(EVP_MD_CTX_new());
  if (hash == nullptr || !context || EVP_DigestInit_ex(context.get(), hash, nullptr) != 1) {
    return {};
  }
  for (const ByteView part : parts) {
    if (EVP_DigestUpdate(context.get(), part.data(), part.size()) != 1) return {};
  }
  std::vector<Byte> out(static_cast<std::size_t>(EVP_MD_get_size(hash)));
  return EVP_DigestFinal_ex(context.get(), out.data(), nullptr) == 1 ? out : std::vector<Byte>();
}

}  // namespace daymark::evidence
