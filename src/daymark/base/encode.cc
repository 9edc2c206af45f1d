#include "daymark/base/encode.h"

namespace daymark {

std::string to_base64(ByteView bytes) {
  std::string out(base64_encoded_size(bytes.size()), '\0');
  // The buffer has the exact size, so encoding can't fail.
  (void)base64_encode(bytes, out);
  return out;
}

Result<std::vector<Byte>> from_base64(std::string_view text) {
  std::vector<Byte> out(base64_decoded_max(text.size()));
  DAYMARK_TRY(const ByteView used, base64_decode(text, out));
  out.resize(used.size());
  return out;
}

}  // namespace daymark
