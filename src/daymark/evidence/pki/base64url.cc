#include <algorithm>

#include "daymark/base/encode.h"
#include "daymark/base/errors.h"
#include "daymark/evidence/pki/base64url_internal.h"

namespace daymark::evidence {

Result<std::vector<Byte>> from_base64url(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos) return fail(errc::base64_malformed);
  std::string plain(text);
  std::ranges::replace(plain, '-', '+');
  std::ranges::replace(plain, '_', '/');
  plain.append((4 - plain.size() % 4) % 4, '=');
  return from_base64(plain);
}

std::string to_base64url(ByteView bytes) {
  std::string out = to_base64(bytes);
  out.erase(out.find_last_not_of('=') + 1);
  std::ranges::replace(out, '+', '-');
  std::ranges::replace(out, '/', '_');
  return out;
}

}  // namespace daymark::evidence
