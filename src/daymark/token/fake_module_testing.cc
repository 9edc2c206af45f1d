// A PKCS#11 module without a token, for tests: it answers what FakeBehaviour says.
#include "daymark/token/fake_module_testing.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <p11-kit/pkcs11.h>

#include "daymark/crypto/ports.h"

namespace {

using daymark::ByteView;
namespace crypto = daymark::crypto;

constexpr CK_OBJECT_HANDLE private_object = 1;
constexpr CK_OBJECT_HANDLE public_object = 2;
constexpr std::string_view right_pin = "1234";

struct FakeState {
  daymark::token::FakeBehaviour behaviour;
  CK_OBJECT_HANDLE found = 0;
};

FakeState& fake_state() {
  static FakeState state;
  return state;
}

daymark::token::FakeBehaviour& told() {
  return fake_state().behaviour;
}

CK_RV fake_initialize(void*) {
  if (told().initialize_fails) return CKR_DEVICE_ERROR;
  ++told().initialized;
  return CKR_OK;
}

CK_RV fake_finalize(void*) {
  ++told().finalized;
  return CKR_OK;
}

CK_RV fake_slots(unsigned char, CK_SLOT_ID* slots, CK_ULONG* count) {
  const CK_ULONG room = *count;
  *count = told().tokens;
  if (slots == nullptr) return CKR_OK;
  if (room < *count) return CKR_BUFFER_TOO_SMALL;
  for (CK_ULONG i = 0; i < *count; ++i)
    slots[i] = i;
  return CKR_OK;
}

CK_RV fake_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO* info) {
  *info = {};
  std::ranges::fill(info->label, ' ');
  std::ranges::fill(info->serialNumber, ' ');
  std::memcpy(info->label, "fake", 4);
  info->serialNumber[0] = static_cast<unsigned char>('0' + slot);
  info->flags = CKF_TOKEN_INITIALIZED;
  if (!told().no_login) info->flags |= CKF_LOGIN_REQUIRED;
  if (told().pin_pad) info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
  return CKR_OK;
}

CK_RV fake_open(CK_SLOT_ID, CK_FLAGS, void*, CK_NOTIFY, CK_SESSION_HANDLE* session) {
  *session = 1;
  return CKR_OK;
}

CK_RV fake_close(CK_SESSION_HANDLE) {
  return CKR_OK;
}

CK_RV fake_login(CK_SESSION_HANDLE, CK_USER_TYPE user, unsigned char* pin, CK_ULONG size) {
  ++told().pins_asked;
  if (user == CKU_CONTEXT_SPECIFIC) ++told().pins_of_context;
  if (told().pin_locked) return CKR_PIN_LOCKED;
  if (pin == nullptr) return told().pin_pad ? CKR_OK : CKR_ARGUMENTS_BAD;
  return daymark::text_of({pin, size}) == right_pin ? CKR_OK : CKR_PIN_INCORRECT;
}

CK_RV fake_find_start(CK_SESSION_HANDLE, CK_ATTRIBUTE* pattern, CK_ULONG count) {
  CK_OBJECT_CLASS kind = 0;
  for (CK_ULONG i = 0; i < count; ++i) {
    if (pattern[i].type == CKA_CLASS) std::memcpy(&kind, pattern[i].pValue, sizeof(kind));
  }
  fake_state().found = kind == CKO_PRIVATE_KEY ? private_object : public_object;
  if (kind == CKO_PUBLIC_KEY && told().no_public) fake_state().found = 0;
  return CKR_OK;
}

CK_RV fake_find(CK_SESSION_HANDLE, CK_OBJECT_HANDLE* object, CK_ULONG, CK_ULONG* count) {
  *object = fake_state().found;
  *count = *object == 0 ? 0 : 1;
  fake_state().found = 0;
  return CKR_OK;
}

CK_RV fake_find_end(CK_SESSION_HANDLE) {
  return CKR_OK;
}

const crypto::SecretKey& fake_key() {
  static const crypto::SecretKey key{{42}};
  return key;
}

CK_RV put(CK_ATTRIBUTE& out, ByteView value) {
  if (value.size() > out.ulValueLen) return CKR_BUFFER_TOO_SMALL;
  std::ranges::copy(value, static_cast<unsigned char*>(out.pValue));
  out.ulValueLen = value.size();
  return CKR_OK;
}

CK_RV put_point(CK_ATTRIBUTE& out) {
  const crypto::PublicKey key = crypto::ed25519_public(fake_key());
  std::array<unsigned char, 34> wrapped{0x04, 0x20};
  std::ranges::copy(key.bytes, wrapped.begin() + 2);
  ByteView shown(wrapped);
  if (!told().der_point) shown = shown.subspan(2);
  if (told().short_point) shown = shown.first(shown.size() - 1);
  return put(out, shown);
}

CK_RV fake_attribute(CK_SESSION_HANDLE, CK_OBJECT_HANDLE object, CK_ATTRIBUTE* out, CK_ULONG) {
  const CK_KEY_TYPE type = CKK_EC_EDWARDS;
  std::array<unsigned char, 5> curve{0x06, 0x03, 0x2B, 0x65, 0x70};
  if (told().other_curve) curve[4] = 0x71;
  const std::array<unsigned char, 1> id{1};
  const std::array<unsigned char, 1> always{static_cast<unsigned char>(told().asks_always)};
  std::array<unsigned char, sizeof(type)> number{};
  std::memcpy(number.data(), &type, sizeof(type));
  switch (out->type) {
    case CKA_KEY_TYPE: return put(*out, number);
    case CKA_ID: return put(*out, id);
    case CKA_EC_PARAMS: return put(*out, curve);
    case CKA_ALWAYS_AUTHENTICATE: return put(*out, always);
    case CKA_EC_POINT:
      if (object == public_object || told().point_at_private) return put_point(*out);
      return CKR_ATTRIBUTE_TYPE_INVALID;
    default: return CKR_ATTRIBUTE_TYPE_INVALID;
  }
}

CK_RV fake_sign_start(CK_SESSION_HANDLE, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE) {
  const bool known = mechanism->mechanism == CKM_EDDSA && !told().no_mechanism;
  return known ? CKR_OK : CKR_MECHANISM_INVALID;
}

CK_RV fake_sign(CK_SESSION_HANDLE, unsigned char* data, CK_ULONG size, unsigned char* out,
                CK_ULONG* out_size) {
  if (told().sign_fails) return CKR_DEVICE_REMOVED;
  if (told().long_signature) return CKR_BUFFER_TOO_SMALL;
  crypto::Signature signature = crypto::ed25519_sign(fake_key(), {data, size});
  if (told().wrong_signature) signature.bytes[40] ^= 1U;
  std::ranges::copy(signature.bytes, out);
  *out_size = told().short_signature ? 63 : 64;
  return CKR_OK;
}

CK_FUNCTION_LIST make_list() {
  CK_FUNCTION_LIST out{};
  out.version.major = 2;
  out.version.minor = 40;
  out.C_Initialize = fake_initialize;
  out.C_Finalize = fake_finalize;
  out.C_GetSlotList = fake_slots;
  out.C_GetTokenInfo = fake_token_info;
  out.C_OpenSession = fake_open;
  out.C_CloseSession = fake_close;
  out.C_Login = fake_login;
  out.C_FindObjectsInit = fake_find_start;
  out.C_FindObjects = fake_find;
  out.C_FindObjectsFinal = fake_find_end;
  out.C_GetAttributeValue = fake_attribute;
  out.C_SignInit = fake_sign_start;
  out.C_Sign = fake_sign;
  return out;
}

}  // namespace

extern "C" {

CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
  static CK_FUNCTION_LIST functions = make_list();
  *list = &functions;
  return CKR_OK;
}

daymark::token::FakeBehaviour* daymark_fake_behaviour() {
  return &told();
}
}
