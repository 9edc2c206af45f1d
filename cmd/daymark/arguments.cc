#include "arguments.h"

namespace daymark::cli {

namespace {

template <class T>
Outcome<T> named(Result<T> value, const std::string& option, const std::string& text) {
  if (!value) return refuse(errc::usage_wrong, option, "not understood: " + text);
  return *value;
}

}  // namespace

Outcome<UnixMillis> time_argument(const std::string& option, const std::string& text) {
  return named(from_rfc3339(text), option, text);
}

Outcome<Millis> duration_argument(const std::string& option, const std::string& text) {
  return named(parse_duration(text), option, text);
}

Outcome<ChipId> chip_argument(const std::string& text) {
  DAYMARK_TRY(const ByteArray<16> bytes, hex_argument<16>("chip", text));
  return ChipId{bytes};
}

}  // namespace daymark::cli
