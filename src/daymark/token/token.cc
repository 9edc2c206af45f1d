#include "daymark/token/token.h"

#include <algorithm>
#include <array>

#include "daymark/base/file.h"
#include "daymark/crypto/errors.h"
#include "daymark/token/ec_point_internal.h"
#include "daymark/token/errors.h"
#include "daymark/token/module_internal.h"

namespace daymark::token {

namespace {

using internal::check_call;
using internal::Module;
using internal::TokenSession;

constexpr std::size_t signature_size = 64;
constexpr std::size_t pin_size_max = 256;

/// A field of CK_TOKEN_INFO without its padding of blanks.
template <std::size_t N>
std::string_view trimmed(const unsigned char (&field)[N]) {  // NOLINT(*-avoid-c-arrays): the C ABI
  std::string_view out = text_of({field, N});
  while (out.ends_with(' '))
    out.remove_suffix(1);
  return out;
}

bool agrees(std::string_view wanted, std::string_view found) {
  return wanted.empty() || wanted == found;
}

bool matches(const TokenUri& uri, const CK_TOKEN_INFO& info) {
  return (info.flags & CKF_TOKEN_INITIALIZED) != 0 && agrees(uri.token, trimmed(info.label)) &&
         agrees(uri.manufacturer, trimmed(info.manufacturerID)) &&
         agrees(uri.serial, trimmed(info.serialNumber)) && agrees(uri.model, trimmed(info.model));
}

/// Names key and token in errors, without the paths.
std::string name_of(const TokenUri& uri) {
  TokenUri shown = uri;
  shown.module_path.clear();
  shown.pin_source.clear();
  std::string out = print_token_uri(shown);
  out.pop_back();
  return out;
}

struct FoundToken {
  CK_SLOT_ID slot = 0;
  CK_FLAGS flags = 0;
};

/// The one token. A reader whose card does not answer is passed over: another may hold it.
Outcome<FoundToken> find_token(const Module& module, const TokenUri& uri) {
  DAYMARK_TRY(const std::vector<CK_SLOT_ID> slots, module.slots());
  std::optional<FoundToken> out;
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO info{};
    if (module.calls().C_GetTokenInfo(slot, &info) != CKR_OK || !matches(uri, info)) continue;
    if (out) return refuse(errc::token_ambiguous, name_of(uri));
    out = FoundToken{slot, info.flags};
  }
  if (!out) return refuse(errc::token_missing, name_of(uri));
  return *out;
}

/// C_Login for `user`; without a PIN the token asks at its own pad, if it has one.
Outcome<void> log_in(TokenSession& session, CK_USER_TYPE user, CK_FLAGS flags,
                     const std::optional<Pin>& pin) {
  const bool pad = (flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
  if (!pin && !pad) return refuse(errc::token_pin_missing, session.name());
  std::string text = pin ? pin->text() : std::string();
  auto* const bytes = reinterpret_cast<unsigned char*>(text.data());
  const CK_RV value =
      session.calls().C_Login(session.handle(), user, pin ? bytes : nullptr, text.size());
  crypto::erase({bytes, text.size()});
  // One login counts for all sessions of this process with the token.
  if (value == CKR_USER_ALREADY_LOGGED_IN) return {};
  return check_call(value, "C_Login", session.name());
}

CK_ATTRIBUTE attribute_of(CK_ATTRIBUTE_TYPE type, CK_ULONG& value) {
  return {type, &value, sizeof(value)};
}

/// For templates alone: the module reads what it is given.
CK_ATTRIBUTE attribute_of(CK_ATTRIBUTE_TYPE type, std::vector<Byte>& value) {
  return {type, value.data(), value.size()};
}

Outcome<CK_OBJECT_HANDLE> find_private(TokenSession& session, const TokenUri& uri) {
  CK_ULONG kind = CKO_PRIVATE_KEY;
  std::vector<Byte> id = uri.id;
  const ByteView label_view = bytes_of(uri.object);
  std::vector<Byte> label(label_view.begin(), label_view.end());
  std::vector<CK_ATTRIBUTE> pattern{attribute_of(CKA_CLASS, kind)};
  if (!id.empty()) pattern.push_back(attribute_of(CKA_ID, id));
  if (!label.empty()) pattern.push_back(attribute_of(CKA_LABEL, label));
  DAYMARK_TRY(const std::vector<CK_OBJECT_HANDLE> found, session.find(pattern));
  if (found.empty()) return refuse(errc::token_key_missing, session.name());
  if (found.size() > 1) return refuse(errc::token_key_ambiguous, session.name());
  return found.front();
}

/// The public object beside the private one; PKCS#11 2.40 §4.9 lets them share CKA_ID.
Outcome<CK_OBJECT_HANDLE> find_public(TokenSession& session, CK_OBJECT_HANDLE key) {
  CK_ULONG kind = CKO_PUBLIC_KEY;
  CK_ULONG type = CKK_EC_EDWARDS;
  DAYMARK_TRY(std::optional<std::vector<Byte>> id, session.read(key, CKA_ID));
  DAYMARK_TRY(std::optional<std::vector<Byte>> label, session.read(key, CKA_LABEL));
  std::vector<CK_ATTRIBUTE> pattern{attribute_of(CKA_CLASS, kind),
                                    attribute_of(CKA_KEY_TYPE, type)};
  const bool by_id = id && !id->empty();
  const bool by_label = !by_id && label && !label->empty();
  if (by_id) pattern.push_back(attribute_of(CKA_ID, *id));
  if (by_label) pattern.push_back(attribute_of(CKA_LABEL, *label));
  if (!by_id && !by_label) return refuse(errc::token_public_missing, session.name());
  DAYMARK_TRY(const std::vector<CK_OBJECT_HANDLE> found, session.find(pattern));
  if (found.empty()) return refuse(errc::token_public_missing, session.name());
  if (found.size() > 1) return refuse(errc::token_key_ambiguous, session.name());
  return found.front();
}

/// The point of `object`, where it is one of Ed25519.
Outcome<crypto::PublicKey> point_of(TokenSession& session, CK_OBJECT_HANDLE object) {
  DAYMARK_TRY(const auto params, session.read(object, CKA_EC_PARAMS));
  DAYMARK_TRY(const auto point, session.read(object, CKA_EC_POINT));
  if (!params || !internal::is_ed25519(*params)) {
    return refuse(errc::token_key_type, session.name(), "curve");
  }
  const auto key = point ? internal::read_ec_point(*point) : std::nullopt;
  if (!key) return refuse(errc::token_public_missing, session.name(), "point");
  return *key;
}

/// Some tokens keep no public object and show the point at the private one.
Outcome<crypto::PublicKey> public_of(TokenSession& session, CK_OBJECT_HANDLE key) {
  DAYMARK_TRY(const auto own, session.read(key, CKA_EC_POINT));
  if (own && !own->empty()) return point_of(session, key);
  DAYMARK_TRY(const CK_OBJECT_HANDLE object, find_public(session, key));
  return point_of(session, object);
}

class TokenSigner final : public crypto::Signer {
 public:
  struct Parts {
    std::unique_ptr<TokenSession> session;
    CK_FLAGS flags = 0;
    CK_OBJECT_HANDLE key = 0;
    crypto::PublicKey shown;
    bool asks_always = false;  ///< the token wants the PIN again at each signature
    std::optional<Pin> pin;    ///< kept only for that
  };

  explicit TokenSigner(Parts parts) : parts_(std::move(parts)) {}

  [[nodiscard]] crypto::PublicKey public_key() const override { return parts_.shown; }

 private:
  [[nodiscard]] Outcome<crypto::Signature> make_signature(ByteView message) override {
    TokenSession& session = *parts_.session;
    CK_MECHANISM mechanism{CKM_EDDSA, nullptr, 0};
    const CK_RV started = session.calls().C_SignInit(session.handle(), &mechanism, parts_.key);
    DAYMARK_CHECK(check_call(started, "C_SignInit", session.name()));
    if (parts_.asks_always) {
      DAYMARK_CHECK(log_in(session, CKU_CONTEXT_SPECIFIC, parts_.flags, parts_.pin));
    }
    std::vector<Byte> copy(message.begin(), message.end());
    crypto::Signature out;
    CK_ULONG size = out.bytes.size();
    const CK_RV value =
        session.calls().C_Sign(session.handle(), copy.data(), copy.size(), out.bytes.data(), &size);
    if (value == CKR_BUFFER_TOO_SMALL || (value == CKR_OK && size != signature_size)) {
      return refuse(errc::signer_wrong, session.name(), "its size");
    }
    DAYMARK_CHECK(check_call(value, "C_Sign", session.name()));
    return out;
  }

  Parts parts_;
};

Outcome<bool> asks_at_each(TokenSession& session, CK_OBJECT_HANDLE key) {
  DAYMARK_TRY(const auto flag, session.read(key, CKA_ALWAYS_AUTHENTICATE));
  return flag && flag->size() == 1 && flag->front() != 0;
}

}  // namespace

void Pin::erase() {
  crypto::erase({reinterpret_cast<Byte*>(text_.data()), text_.size()});
  text_.clear();
}

Outcome<std::shared_ptr<internal::Module>> Modules::use(const std::string& path) {
  if (auto known = modules_[path].lock()) return known;
  DAYMARK_TRY(std::shared_ptr<Module> loaded, Module::load(path));
  modules_[path] = loaded;
  return loaded;
}

Outcome<std::optional<Pin>> pin_of(const TokenUri& uri, std::optional<std::string> environment) {
  if (uri.pin_source.empty()) {
    if (!environment || environment->empty()) return std::nullopt;
    return std::optional<Pin>(std::in_place, *std::move(environment));
  }
  DAYMARK_TRY(std::vector<Byte> bytes, read_secret(uri.pin_source, pin_size_max));
  std::string text(text_of(bytes));
  crypto::erase(bytes);
  if (text.ends_with('\n')) text.pop_back();
  if (text.empty()) return refuse(errc::token_pin_missing, uri.pin_source);
  return std::optional<Pin>(std::in_place, std::move(text));
}

Outcome<std::unique_ptr<crypto::Signer>> open_signer(Modules& modules, const TokenUri& uri,
                                                     const std::optional<Pin>& pin) {
  DAYMARK_TRY(std::shared_ptr<Module> module, modules.use(uri.module_path));
  DAYMARK_TRY(const FoundToken token, find_token(*module, uri));
  TokenSigner::Parts parts;
  parts.flags = token.flags;
  DAYMARK_TRY(parts.session, TokenSession::open(std::move(module), token.slot, name_of(uri)));
  TokenSession& session = *parts.session;
  if ((token.flags & CKF_LOGIN_REQUIRED) != 0) {
    DAYMARK_CHECK(log_in(session, CKU_USER, token.flags, pin));
  }
  DAYMARK_TRY(parts.key, find_private(session, uri));
  DAYMARK_TRY(const auto type, session.read_number(parts.key, CKA_KEY_TYPE));
  if (type != CKK_EC_EDWARDS) return refuse(errc::token_key_type, session.name());
  DAYMARK_TRY(parts.shown, public_of(session, parts.key));
  DAYMARK_TRY(parts.asks_always, asks_at_each(session, parts.key));
  if (parts.asks_always && pin) parts.pin.emplace(pin->text());
  return std::make_unique<TokenSigner>(std::move(parts));
}

}  // namespace daymark::token
