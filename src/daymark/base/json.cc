#include <set>

#include "daymark/base/errors.h"
#include "daymark/base/json_internal.h"

namespace daymark::internal {

namespace {

using nlohmann::json;

/// Watches the parser for what nlohmann::json lets pass.
class Watch {
 public:
  explicit Watch(int depth_most) : depth_most_(depth_most) {}

  [[nodiscard]] bool clean() const { return clean_; }

  /// Returns whether the value is kept.
  bool see(int depth, json::parse_event_t event, const json& parsed) {
    using enum json::parse_event_t;
    if (event == object_start || event == array_start) clean_ = clean_ && depth < depth_most_;
    if (event == object_start && clean_) keys_.emplace_back();
    if (event == key && clean_) clean_ = keys_.back().insert(parsed.get<std::string>()).second;
    if (event == object_end && clean_) keys_.pop_back();
    return clean_;
  }

 private:
  int depth_most_;
  bool clean_ = true;
  /// Keys of the objects that are open.
  std::vector<std::set<std::string>> keys_;
};

}  // namespace

Result<json> parse_json(std::string_view text, int depth_most) {
  Watch watch(depth_most);
  const auto see = [&watch](int depth, json::parse_event_t event, const json& parsed) {
    return watch.see(depth, event, parsed);
  };
  json value = json::parse(text, see, false);
  if (!watch.clean() || value.is_discarded()) return fail(errc::json_malformed);
  return value;
}

Result<const json*> member(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  if (found == object.end()) return fail(errc::json_malformed);
  return &*found;
}

Result<std::string> text_member(const json& object, const char* name) {
  DAYMARK_TRY(const json* const value, member(object, name));
  if (!value->is_string()) return fail(errc::json_malformed);
  return value->get<std::string>();
}

}  // namespace daymark::internal
