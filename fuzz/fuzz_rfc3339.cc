// Times and durations: a time that is read is written and read as the same time.
#include <cstdlib>

#include "daymark/base/bytes.h"
#include "daymark/base/time.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  const std::string_view text = daymark::text_of({data, size});
  if (const auto span = daymark::parse_duration(text)) {
    if (span->value < 0 || daymark::to_words(*span).empty()) std::abort();
  }
  const auto time = daymark::from_rfc3339(text);
  if (!time) return 0;
  const std::string written = daymark::to_rfc3339(*time);
  if (daymark::from_rfc3339(written) != *time) std::abort();
  if (daymark::to_rfc3339(*daymark::from_rfc3339(written)) != written) std::abort();
  return 0;
}
