// One loaded PKCS#11 module and one session on a token of it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <p11-kit/pkcs11.h>

#include "daymark/base/bytes.h"
#include "daymark/base/failure.h"

namespace daymark::token::internal {

/// Loaded and initialized; finalized at its end.
class Module {
 public:
  /// Errors: errc::token_module_missing, errc::token_module_wrong, errc::token_failed.
  [[nodiscard]] static Outcome<std::shared_ptr<Module>> load(const std::string& path);

  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  Module(Module&&) = delete;
  Module& operator=(Module&&) = delete;

  [[nodiscard]] CK_FUNCTION_LIST& calls() const { return *calls_; }

  [[nodiscard]] const std::string& path() const { return path_; }

  /// Slots with a token in them, at most 256.
  [[nodiscard]] Outcome<std::vector<CK_SLOT_ID>> slots() const;

 private:
  Module(std::string path, CK_FUNCTION_LIST* calls) : path_(std::move(path)), calls_(calls) {}

  std::string path_;
  CK_FUNCTION_LIST* calls_;
  bool initialized_ = false;
};

/// The error that a return value stands for; `call` is the function's name. Success is no error.
[[nodiscard]] Outcome<void> check_call(CK_RV value, std::string_view call,
                                       const std::string& subject);

/// A session on one token; closing the last one of a token logs out (PKCS#11 2.40 §5.6).
class TokenSession {
 public:
  [[nodiscard]] static Outcome<std::unique_ptr<TokenSession>> open(std::shared_ptr<Module> module,
                                                                   CK_SLOT_ID slot,
                                                                   std::string name);

  ~TokenSession();
  TokenSession(const TokenSession&) = delete;
  TokenSession& operator=(const TokenSession&) = delete;
  TokenSession(TokenSession&&) = delete;
  TokenSession& operator=(TokenSession&&) = delete;

  [[nodiscard]] CK_FUNCTION_LIST& calls() const { return module_->calls(); }

  [[nodiscard]] CK_SESSION_HANDLE handle() const { return handle_; }

  /// Names the token in errors.
  [[nodiscard]] const std::string& name() const { return name_; }

  /// The first two objects that match: whoever wants one asks for the size.
  [[nodiscard]] Outcome<std::vector<CK_OBJECT_HANDLE>> find(std::vector<CK_ATTRIBUTE> pattern);

  /// An attribute's bytes, at most 512, or none where the object does not show it.
  [[nodiscard]] Outcome<std::optional<std::vector<Byte>>> read(CK_OBJECT_HANDLE object,
                                                               CK_ATTRIBUTE_TYPE type);

  /// An attribute that is a number of the machine's own size.
  [[nodiscard]] Outcome<std::optional<CK_ULONG>> read_number(CK_OBJECT_HANDLE object,
                                                             CK_ATTRIBUTE_TYPE type);

 private:
  TokenSession(std::shared_ptr<Module> module, CK_SESSION_HANDLE handle, std::string name)
      : module_(std::move(module)), handle_(handle), name_(std::move(name)) {}

  std::shared_ptr<Module> module_;
  CK_SESSION_HANDLE handle_;
  std::string name_;
};

}  // namespace daymark::token::internal
