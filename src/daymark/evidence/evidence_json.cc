// Reads NVIDIA's JSON event by event: nothing is stored but the four known strings.
#include <array>

#include <nlohmann/json.hpp>

#include "daymark/base/encode.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/evidence_file.h"
#include "daymark/evidence/pki/pem.h"

namespace daymark::evidence {

namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> known_keys{"arch", "nonce", "evidence", "certificate"};
constexpr std::size_t keys_max = 16;

/// The known strings of one object, still encoded.
using Strings = std::array<std::optional<std::string>, known_keys.size()>;

EvidenceItem decode(const Strings& strings, std::uint32_t number) {
  const auto refused = [&] { return fail(errc::evidence_json, field::evidence_item, number); };
  const auto& [arch, nonce, report, certificate] = strings;
  if (!arch || !nonce || !report || !certificate) return refused();
  NvidiaEvidence out;
  out.stated_architecture = *arch;
  const auto stated = from_hex_fixed<sizeof(SpdmNonce)>(*nonce);
  auto bytes = from_base64(*report);
  const auto chain = from_base64(*certificate);
  if (!stated || !bytes || !chain || chain->empty()) return refused();
  out.stated_nonce = *stated;
  out.report = *std::move(bytes);
  out.chain = text_of(*chain);
  return out;
}

/// Accepts an array of flat objects and nothing else; each handler says whether to go on.
class Handler final : public json::json_sax_t {
 public:
  [[nodiscard]] Result<std::vector<EvidenceItem>> result(bool parsed) {
    if (too_many_) return fail(errc::evidence_items);
    if (!parsed) {
      return fail(errc::evidence_json, field::evidence_item,
                  static_cast<std::uint32_t>(items_.size()));
    }
    if (items_.empty()) return fail(errc::evidence_items);
    return std::move(items_);
  }

  bool null() override { return plain(); }

  bool boolean(bool /*value*/) override { return plain(); }

  bool number_integer(number_integer_t /*value*/) override { return plain(); }

  bool number_unsigned(number_unsigned_t /*value*/) override { return plain(); }

  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return plain(); }

  bool binary(binary_t& /*value*/) override { return false; }

  bool string(string_t& value) override {
    if (depth_ != 2) return false;
    const std::size_t known = known_number(key_);
    if (known < known_keys.size()) strings_.at(known) = std::move(value);
    return true;
  }

  bool start_object(std::size_t /*count*/) override {
    if (depth_ != 1) return false;
    too_many_ = items_.size() == evidence_items_max;
    depth_ = 2;
    strings_ = {};
    seen_.clear();
    return !too_many_;
  }

  bool key(string_t& name) override {
    const bool repeated = std::find(seen_.begin(), seen_.end(), name) != seen_.end();
    if (repeated || seen_.size() == keys_max) return false;
    seen_.push_back(name);
    key_ = std::move(name);
    return true;
  }

  bool end_object() override {
    depth_ = 1;
    items_.push_back(decode(strings_, static_cast<std::uint32_t>(items_.size())));
    return true;
  }

  bool start_array(std::size_t /*count*/) override {
    if (depth_ != 0) return false;
    depth_ = 1;
    return true;
  }

  bool end_array() override { return true; }

  bool parse_error(std::size_t /*at*/, const std::string& /*token*/,
                   const json::exception& /*error*/) override {
    return false;
  }

 private:
  [[nodiscard]] static std::size_t known_number(std::string_view key) {
    const auto* const found = std::find(known_keys.begin(), known_keys.end(), key);
    return static_cast<std::size_t>(found - known_keys.begin());
  }

  /// A value that is no string: only under a key that is not looked at.
  [[nodiscard]] bool plain() const {
    return depth_ == 2 && known_number(key_) == known_keys.size();
  }

  int depth_ = 0;
  bool too_many_ = false;
  std::string key_;
  std::vector<std::string> seen_;
  Strings strings_;
  std::vector<EvidenceItem> items_;
};

}  // namespace

Result<std::vector<EvidenceItem>> parse_evidence_json(std::string_view text) {
  Handler handler;
  const bool parsed =
      text.size() <= evidence_file_max && json::sax_parse(text.begin(), text.end(), &handler);
  return handler.result(parsed);
}

}  // namespace daymark::evidence
