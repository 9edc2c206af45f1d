#include "daymark/crypto/conformance.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "daymark/base/errors.h"
#include "daymark/base/hex.h"
#include "daymark/base/json_internal.h"
#include "daymark/crypto/ports.h"

namespace daymark::crypto {

namespace {

using daymark::internal::member;
using daymark::internal::text_member;
using nlohmann::json;

constexpr std::array<std::string_view, 5> refused_flags{
    "low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R", "low_order_residue"};

/// One case of either file.
struct Case {
  std::string name;
  std::vector<Byte> key;
  std::vector<Byte> message;
  std::vector<Byte> signature;
};

/// Keys and signatures of another length are refused before any arithmetic.
bool verifies(const Case& test) {
  if (test.key.size() != sizeof(PublicKey) || test.signature.size() != sizeof(Signature)) {
    return false;
  }
  return ed25519_verify({array_of<32>(test.key)}, test.message, {array_of<64>(test.signature)})
      .has_value();
}

void judge(const Case& test, bool expected, ConformanceCount& count) {
  const bool accepted = verifies(test);
  count.add(accepted == expected,
            fmt::format("{}: {}, expected to be {}", test.name, accepted ? "accepted" : "refused",
                        expected ? "accepted" : "refused"));
}

Result<std::vector<Byte>> hex_member(const json& object, const char* name) {
  DAYMARK_TRY(const std::string text, text_member(object, name));
  return from_hex(text);
}

Result<void> run_wycheproof_test(const json& test, const std::vector<Byte>& key,
                                 ConformanceCount& count) {
  DAYMARK_TRY(const json* const id, member(test, "tcId"));
  DAYMARK_TRY(std::vector<Byte> message, hex_member(test, "msg"));
  DAYMARK_TRY(std::vector<Byte> signature, hex_member(test, "sig"));
  DAYMARK_TRY(const std::string result, text_member(test, "result"));
  const Case one{"tcId " + id->dump(), key, std::move(message), std::move(signature)};
  if (result == "acceptable") {
    ++count.passed;
    return ok();
  }
  if (result != "valid" && result != "invalid") return fail(errc::json_malformed);
  judge(one, result == "valid", count);
  return ok();
}

Result<ConformanceCount> run_wycheproof(const json& file) {
  ConformanceCount count;
  DAYMARK_TRY(const json* const groups, member(file, "testGroups"));
  for (const json& group : *groups) {
    DAYMARK_TRY(const json* const public_key, member(group, "publicKey"));
    DAYMARK_TRY(const std::vector<Byte> key, hex_member(*public_key, "pk"));
    DAYMARK_TRY(const json* const tests, member(group, "tests"));
    for (const json& test : *tests)
      DAYMARK_CHECK(run_wycheproof_test(test, key, count));
  }
  return count;
}

/// Our verdict from the flags of a CCTV case, which are null where there are none.
Result<bool> accepted_by_flags(const json& test) {
  DAYMARK_TRY(const json* const flags, member(test, "flags"));
  if (flags->is_null()) return true;
  if (!flags->is_array()) return fail(errc::json_malformed);
  const auto refused = [](const json& flag) {
    return std::ranges::any_of(refused_flags, [&](std::string_view name) { return flag == name; });
  };
  return std::ranges::none_of(*flags, refused);
}

Result<ConformanceCount> run_cctv(const json& file) {
  ConformanceCount count;
  for (const json& test : file) {
    DAYMARK_TRY(const json* const number, member(test, "number"));
    DAYMARK_TRY(std::vector<Byte> key, hex_member(test, "key"));
    DAYMARK_TRY(const std::string message, text_member(test, "msg"));
    DAYMARK_TRY(std::vector<Byte> signature, hex_member(test, "sig"));
    DAYMARK_TRY(const bool expected, accepted_by_flags(test));
    const ByteView bytes = bytes_of(message);
    judge({"number " + number->dump(),
           std::move(key),
           {bytes.begin(), bytes.end()},
           std::move(signature)},
          expected, count);
  }
  return count;
}

}  // namespace

Result<ConformanceCount> run_ed25519_conformance(std::string_view text) {
  DAYMARK_TRY(const json file, daymark::internal::parse_json(text));
  return file.is_array() ? run_cctv(file) : run_wycheproof(file);
}

}  // namespace daymark::crypto
