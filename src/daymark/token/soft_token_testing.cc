#include "daymark/token/soft_token_testing.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <stdexcept>

#include <fmt/format.h>

#include "daymark/base/file.h"

namespace daymark::token {

namespace {

using internal::Module;

void must_be_ok(CK_RV value, const char* what) {
  if (value != CKR_OK) throw std::runtime_error(fmt::format("{}: {:#x}", what, value));
}

unsigned char* soft_bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

/// A read-write session of somebody who is logged in.
class SoftSession {
 public:
  SoftSession(Module& module, CK_SLOT_ID slot, CK_USER_TYPE user, std::string pin)
      : calls_(module.calls()) {
    must_be_ok(
        calls_.C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &handle_),
        "C_OpenSession");
    must_be_ok(calls_.C_Login(handle_, user, soft_bytes(pin), pin.size()), "C_Login");
  }

  ~SoftSession() { calls_.C_CloseSession(handle_); }

  SoftSession(const SoftSession&) = delete;
  SoftSession& operator=(const SoftSession&) = delete;

  [[nodiscard]] CK_SESSION_HANDLE handle() const { return handle_; }

 private:
  CK_FUNCTION_LIST& calls_;
  CK_SESSION_HANDLE handle_ = 0;
};

CK_SLOT_ID slot_of(const Module& module, const std::string& label) {
  const std::vector<CK_SLOT_ID> slots = module.slots().value();
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO info{};
    must_be_ok(module.calls().C_GetTokenInfo(slot, &info), "C_GetTokenInfo");
    const std::string found(text_of({info.label, label.size()}));
    const bool empty = (info.flags & CKF_TOKEN_INITIALIZED) == 0;
    if (label.empty() ? empty : !empty && found == label) return slot;
  }
  throw std::runtime_error("no slot for " + label);
}

std::vector<Byte> curve_of(SoftHsm::Kind kind) {
  switch (kind) {
    case SoftHsm::Kind::ed25519: return {0x06, 0x03, 0x2B, 0x65, 0x70};
    case SoftHsm::Kind::ed448: return {0x06, 0x03, 0x2B, 0x65, 0x71};
    case SoftHsm::Kind::p256: return {0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};
    case SoftHsm::Kind::rsa: break;
  }
  return {};
}

CK_MECHANISM_TYPE generator_of(SoftHsm::Kind kind) {
  switch (kind) {
    case SoftHsm::Kind::ed25519:
    case SoftHsm::Kind::ed448: return CKM_EC_EDWARDS_KEY_PAIR_GEN;
    case SoftHsm::Kind::p256: return CKM_EC_KEY_PAIR_GEN;
    case SoftHsm::Kind::rsa: break;
  }
  return CKM_RSA_PKCS_KEY_PAIR_GEN;
}

}  // namespace

SoftHsm::SoftHsm() {
  std::string pattern = (std::filesystem::temp_directory_path() / "daymark_hsm_XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
  folder_ = pattern;
  std::filesystem::create_directory(folder_ + "/tokens");
  const std::string conf = folder_ + "/softhsm2.conf";
  const std::string text = fmt::format(
      "directories.tokendir = {}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n", folder_);
  if (!write_text(conf, text)) throw std::runtime_error(conf);
  ::setenv("SOFTHSM2_CONF", conf.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
}

SoftHsm::~SoftHsm() {
  std::filesystem::remove_all(folder_);
}

std::string SoftHsm::module_path() {
  for (const char* path : {"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so",
                           "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"}) {
    if (std::filesystem::exists(path)) return path;
  }
  return {};
}

void SoftHsm::make_token(const std::string& label) {
  const auto module = Module::load(module_path()).value();
  const CK_SLOT_ID slot = slot_of(*module, "");
  std::string padded = label + std::string(32 - label.size(), ' ');
  std::string officer = "12345678";
  std::string pin = "4321";
  must_be_ok(
      module->calls().C_InitToken(slot, soft_bytes(officer), officer.size(), soft_bytes(padded)),
      "C_InitToken");
  const SoftSession session(*module, slot_of(*module, label), CKU_SO, officer);
  must_be_ok(module->calls().C_InitPIN(session.handle(), soft_bytes(pin), pin.size()), "C_InitPIN");
}

void SoftHsm::make_key(const std::string& token, const std::string& label, Byte id, Kind kind) {
  const auto module = Module::load(module_path()).value();
  const SoftSession session(*module, slot_of(*module, token), CKU_USER, "4321");
  std::string name = label;
  std::vector<Byte> curve = curve_of(kind);
  unsigned char yes = CK_TRUE;
  CK_ULONG bits = 1024;
  std::vector<CK_ATTRIBUTE> common{
      {CKA_TOKEN, &yes, 1}, {CKA_LABEL, name.data(), name.size()}, {CKA_ID, &id, 1}};
  std::vector<CK_ATTRIBUTE> shown = common;
  std::vector<CK_ATTRIBUTE> hidden = common;
  shown.push_back({CKA_VERIFY, &yes, 1});
  hidden.push_back({CKA_SIGN, &yes, 1});
  hidden.push_back({CKA_PRIVATE, &yes, 1});
  hidden.push_back({CKA_SENSITIVE, &yes, 1});
  if (curve.empty()) {
    shown.push_back({CKA_MODULUS_BITS, &bits, sizeof(bits)});
  } else {
    shown.push_back({CKA_EC_PARAMS, curve.data(), curve.size()});
  }
  CK_MECHANISM mechanism{generator_of(kind), nullptr, 0};
  CK_OBJECT_HANDLE public_key = 0;
  CK_OBJECT_HANDLE private_key = 0;
  must_be_ok(
      module->calls().C_GenerateKeyPair(session.handle(), &mechanism, shown.data(), shown.size(),
                                        hidden.data(), hidden.size(), &public_key, &private_key),
      "C_GenerateKeyPair");
}

void SoftHsm::forget_public(const std::string& token, Byte id) {
  const auto module = Module::load(module_path()).value();
  const SoftSession session(*module, slot_of(*module, token), CKU_USER, "4321");
  CK_ULONG kind = CKO_PUBLIC_KEY;
  std::array<CK_ATTRIBUTE, 2> pattern{CK_ATTRIBUTE{CKA_CLASS, &kind, sizeof(kind)},
                                      CK_ATTRIBUTE{CKA_ID, &id, 1}};
  CK_OBJECT_HANDLE found = 0;
  CK_ULONG count = 0;
  must_be_ok(module->calls().C_FindObjectsInit(session.handle(), pattern.data(), pattern.size()),
             "C_FindObjectsInit");
  must_be_ok(module->calls().C_FindObjects(session.handle(), &found, 1, &count), "C_FindObjects");
  must_be_ok(module->calls().C_FindObjectsFinal(session.handle()), "C_FindObjectsFinal");
  must_be_ok(module->calls().C_DestroyObject(session.handle(), found), "C_DestroyObject");
}

}  // namespace daymark::token
