#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include <dlfcn.h>
#include <fmt/format.h>

#include "daymark/token/errors.h"
#include "daymark/token/module_internal.h"

namespace daymark::token::internal {

namespace {

constexpr CK_ULONG slots_max = 256;
constexpr std::size_t attribute_size_max = 512;

Errc code_of(CK_RV value) {
  switch (value) {
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE: return errc::token_pin_wrong;
    case CKR_PIN_LOCKED: return errc::token_pin_locked;
    case CKR_MECHANISM_INVALID:
    case CKR_MECHANISM_PARAM_INVALID: return errc::token_mechanism;
    case CKR_KEY_TYPE_INCONSISTENT:
    case CKR_KEY_FUNCTION_NOT_PERMITTED: return errc::token_key_type;
    default: return errc::token_failed;
  }
}

/// The functions that a module needs for signing.
bool is_usable(const CK_FUNCTION_LIST* calls) {
  if (calls == nullptr || calls->version.major < 2 || calls->version.major > 3) return false;
  return calls->C_Initialize != nullptr && calls->C_Finalize != nullptr &&
         calls->C_GetSlotList != nullptr && calls->C_GetTokenInfo != nullptr &&
         calls->C_OpenSession != nullptr && calls->C_CloseSession != nullptr &&
         calls->C_Login != nullptr && calls->C_FindObjectsInit != nullptr &&
         calls->C_FindObjects != nullptr && calls->C_FindObjectsFinal != nullptr &&
         calls->C_GetAttributeValue != nullptr && calls->C_SignInit != nullptr &&
         calls->C_Sign != nullptr;
}

/// The library's list of functions. It stays loaded until the process ends, because modules may
/// leave threads and destructors behind.
Outcome<CK_FUNCTION_LIST*> load_calls(const std::string& path) {
  void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) {
    const char* const said = ::dlerror();  // NOLINT(concurrency-mt-unsafe): before any thread
    return refuse(errc::token_module_missing, path, said == nullptr ? "" : said);
  }
  void* const symbol = ::dlsym(library, "C_GetFunctionList");
  if (symbol == nullptr) return refuse(errc::token_module_wrong, path, "no C_GetFunctionList");
  // POSIX: what dlsym returns for a function is its address.
  const auto get = std::bit_cast<CK_C_GetFunctionList>(symbol);
  CK_FUNCTION_LIST* calls = nullptr;
  const bool answered = get(&calls) == CKR_OK && is_usable(calls);
  if (!answered) return refuse(errc::token_module_wrong, path, "its functions are not complete");
  return calls;
}

}  // namespace

Outcome<void> check_call(CK_RV value, std::string_view call, const std::string& subject) {
  if (value == CKR_OK) return {};
  return refuse(code_of(value), subject, fmt::format("{}: {:#x}", call, value));
}

Outcome<std::shared_ptr<Module>> Module::load(const std::string& path) {
  DAYMARK_TRY(CK_FUNCTION_LIST* const calls, load_calls(path));
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): make_shared can't reach the constructor.
  std::shared_ptr<Module> out(new Module(path, calls));
  CK_C_INITIALIZE_ARGS locks{};
  locks.flags = CKF_OS_LOCKING_OK;
  const CK_RV value = calls->C_Initialize(&locks);
  // Somebody else in this process uses the module and will finalize it.
  if (value == CKR_CRYPTOKI_ALREADY_INITIALIZED) return out;
  DAYMARK_CHECK(check_call(value, "C_Initialize", path));
  out->initialized_ = true;
  return out;
}

Module::~Module() {
  if (initialized_) calls_->C_Finalize(nullptr);
}

Outcome<std::vector<CK_SLOT_ID>> Module::slots() const {
  CK_ULONG count = 0;
  DAYMARK_CHECK(
      check_call(calls_->C_GetSlotList(CK_TRUE, nullptr, &count), "C_GetSlotList", path_));
  if (count > slots_max) return refuse(errc::token_failed, path_, "too many slots");
  std::vector<CK_SLOT_ID> out(count);
  if (count == 0) return out;
  DAYMARK_CHECK(
      check_call(calls_->C_GetSlotList(CK_TRUE, out.data(), &count), "C_GetSlotList", path_));
  out.resize(std::min<std::size_t>(count, out.size()));
  return out;
}

Outcome<std::unique_ptr<TokenSession>> TokenSession::open(std::shared_ptr<Module> module,
                                                          CK_SLOT_ID slot, std::string name) {
  CK_SESSION_HANDLE handle = 0;
  const CK_RV value =
      module->calls().C_OpenSession(slot, CKF_SERIAL_SESSION, nullptr, nullptr, &handle);
  DAYMARK_CHECK(check_call(value, "C_OpenSession", name));
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): make_unique can't reach the constructor.
  return std::unique_ptr<TokenSession>(
      new TokenSession(std::move(module), handle, std::move(name)));
}

TokenSession::~TokenSession() {
  module_->calls().C_CloseSession(handle_);
}

Outcome<std::vector<CK_OBJECT_HANDLE>> TokenSession::find(std::vector<CK_ATTRIBUTE> pattern) {
  DAYMARK_CHECK(check_call(calls().C_FindObjectsInit(handle_, pattern.data(), pattern.size()),
                           "C_FindObjectsInit", name_));
  std::vector<CK_OBJECT_HANDLE> out;
  CK_RV value = CKR_OK;
  for (CK_ULONG got = 1; value == CKR_OK && got != 0 && out.size() < 2;) {
    CK_OBJECT_HANDLE next = 0;
    value = calls().C_FindObjects(handle_, &next, 1, &got);
    if (value == CKR_OK && got == 1) out.push_back(next);
  }
  const CK_RV ended = calls().C_FindObjectsFinal(handle_);
  DAYMARK_CHECK(check_call(value, "C_FindObjects", name_));
  DAYMARK_CHECK(check_call(ended, "C_FindObjectsFinal", name_));
  return out;
}

Outcome<std::optional<std::vector<Byte>>> TokenSession::read(CK_OBJECT_HANDLE object,
                                                             CK_ATTRIBUTE_TYPE type) {
  std::vector<Byte> out(attribute_size_max);
  CK_ATTRIBUTE attribute{type, out.data(), out.size()};
  const CK_RV value = calls().C_GetAttributeValue(handle_, object, &attribute, 1);
  // PKCS#11 2.40 §5.7: these three speak of the attribute; it is then not to be had.
  const std::array<CK_RV, 3> withheld{CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_SENSITIVE,
                                      CKR_BUFFER_TOO_SMALL};
  if (std::ranges::find(withheld, value) != withheld.end()) return std::nullopt;
  DAYMARK_CHECK(check_call(value, "C_GetAttributeValue", name_));
  if (attribute.ulValueLen > out.size()) return std::nullopt;
  out.resize(attribute.ulValueLen);
  return out;
}

Outcome<std::optional<CK_ULONG>> TokenSession::read_number(CK_OBJECT_HANDLE object,
                                                           CK_ATTRIBUTE_TYPE type) {
  DAYMARK_TRY(const std::optional<std::vector<Byte>> bytes, read(object, type));
  CK_ULONG out = 0;
  if (!bytes || bytes->size() != sizeof(out)) return std::nullopt;
  std::memcpy(&out, bytes->data(), sizeof(out));
  return out;
}

}  // namespace daymark::token::internal
