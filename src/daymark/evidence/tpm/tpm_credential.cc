#include "daymark/evidence/tpm/tpm_credential.h"

#include <limits>

#include <openssl/rsa.h>

#include "daymark/crypto/ports.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/pki/public_key_internal.h"

namespace daymark::evidence {

namespace {

/// One block of KDFa with SHA-256 (part 1 §11.4.10.2): enough for the two keys here.
Digest kdfa(const Digest& key, std::string_view label, ByteView context, std::uint32_t bits) {
  constexpr ByteArray<4> first{0, 0, 0, 1};
  constexpr ByteArray<1> end{0};
  ByteArray<4> size{};
  put_big_endian(bits, std::span(size));
  const std::array<ByteView, 5> parts{first, bytes_of(label), end, context, size};
  return crypto::hmac_sha256(key, parts);
}

/// The label of OAEP with its terminating zero (part 1 §B.10.3), owned by the context.
bool set_identity_label(EVP_PKEY_CTX* context) {
  constexpr std::string_view label("IDENTITY\0", 9);
  void* const copy = OPENSSL_memdup(label.data(), label.size());
  const bool taken = copy != nullptr && EVP_PKEY_CTX_set0_rsa_oaep_label(
                                            context, copy, static_cast<int>(label.size())) == 1;
  if (!taken) OPENSSL_free(copy);
  return taken;
}

/// Empty where the library refuses.
std::vector<Byte> oaep(EVP_PKEY* key, ByteView plain) {
  const KeyContextOwner context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  const bool ready = context && EVP_PKEY_encrypt_init(context.get()) == 1 &&
                     EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1 &&
                     EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha256()) == 1 &&
                     EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256()) == 1 &&
                     set_identity_label(context.get());
  std::vector<Byte> out(credential_seed_max);
  std::size_t size = out.size();
  const bool done =
      ready && EVP_PKEY_encrypt(context.get(), out.data(), &size, plain.data(), plain.size()) == 1;
  out.resize(done ? size : 0);
  return out;
}

/// AES-128 in CFB with a zero vector, each key used once.
std::vector<Byte> aes_cfb(const Digest& key, ByteView plain) {
  constexpr ByteArray<16> zero{};
  const CipherContextOwner context(EVP_CIPHER_CTX_new());
  std::vector<Byte> out(plain.size());
  int size = 0;
  const bool done = context &&
                    EVP_EncryptInit_ex2(context.get(), EVP_aes_128_cfb128(), key.data(),
                                        zero.data(), nullptr) == 1 &&
                    EVP_EncryptUpdate(context.get(), out.data(), &size, plain.data(),
                                      static_cast<int>(plain.size())) == 1;
  if (!done) out.clear();
  return out;
}

template <std::size_t N>
std::vector<Byte> with_size(const ByteArray<N>& bytes) {
  std::vector<Byte> out{static_cast<Byte>(N >> 8U), static_cast<Byte>(N & 0xFFU)};
  out.insert(out.end(), bytes.begin(), bytes.end());
  return out;
}

}  // namespace

Result<std::vector<Byte>> tpm_credential_blob(const Digest& seed, const TpmName& name,
                                              const Digest& secret) {
  const std::vector<Byte> hidden = aes_cfb(kdfa(seed, "STORAGE", name, 128), with_size(secret));
  const Digest guard = kdfa(seed, "INTEGRITY", {}, 256);
  if (hidden.empty()) return fail(errc::tpm_key_kind, field::tpm_key);
  const std::array<ByteView, 2> parts{hidden, name};
  std::vector<Byte> out = with_size(crypto::hmac_sha256(guard, parts));
  out.insert(out.end(), hidden.begin(), hidden.end());
  return out;
}

Result<TpmCredential> make_tpm_credential_from(ByteView endorsement, const TpmName& name,
                                               const Digest& secret, const Digest& seed) {
  const ErrorQueueGuard queue;
  DAYMARK_TRY(const EndorsementPublic parsed, parse_endorsement_public(endorsement));
  const KeyOwner key = rsa_public_key(parsed.modulus);
  TpmCredential out;
  if (key) out.seed = oaep(key.get(), seed);
  if (out.seed.empty()) return fail(errc::tpm_key_kind, field::tpm_key);
  DAYMARK_TRY(out.blob, tpm_credential_blob(seed, name, secret));
  return out;
}

Result<TpmCredential> make_tpm_credential(ByteView endorsement, const TpmName& name,
                                          const Digest& secret, Random& random) {
  Digest seed = random.draw<sizeof(Digest)>();
  auto out = make_tpm_credential_from(endorsement, name, secret, seed);
  crypto::erase(seed);
  return out;
}

}  // namespace daymark::evidence
