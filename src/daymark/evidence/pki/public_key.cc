#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/params.h>

#include "daymark/evidence/pki/public_key_internal.h"

namespace daymark::evidence {

namespace {

using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using ParametersOwner = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;

KeyOwner key_out_of(const char* kind, OSSL_PARAM* parameters) {
  const KeyContextOwner context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  const bool made = parameters != nullptr && context &&
                    EVP_PKEY_fromdata_init(context.get()) == 1 &&
                    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1;
  return KeyOwner(made ? key : nullptr);
}

/// Puts a number at the right end of its place.
void put_padded(ByteView number, MutableBytes place) {
  copy_bytes(number, place.last(number.size()));
}

}  // namespace

KeyOwner rsa_public_key(ByteView modulus) {
  constexpr unsigned exponent = 65537;
  const ParameterBuilder builder(OSSL_PARAM_BLD_new());
  const BigNumberOwner n(BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr));
  if (!builder || !n ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_uint(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent) != 1) {
    return nullptr;
  }
  const ParametersOwner parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  return key_out_of("RSA", parameters.get());
}

KeyOwner ec_public_key(std::string_view curve, ByteView x, ByteView y) {
  const std::size_t size = curve == "P-384" ? 48 : 32;
  if (x.size() > size || y.size() > size) return nullptr;
  std::vector<Byte> point(1 + 2 * size, 0);
  point[0] = 0x04;
  put_padded(x, MutableBytes(point).subspan(1, size));
  put_padded(y, MutableBytes(point).subspan(1 + size, size));
  std::string group(curve);
  std::array<OSSL_PARAM, 3> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end()};
  return key_out_of("EC", parameters.data());
}

}  // namespace daymark::evidence
