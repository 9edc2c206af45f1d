#include "daymark/cbor/encode.h"

namespace daymark::cbor {

namespace {

constexpr std::size_t first_size = 512;
/// Tag, heads, protected header and signature of a COSE_Sign1.
constexpr std::size_t sign1_overhead = 128;

}  // namespace

std::vector<Byte> encode(const std::function<void(Writer&)>& write) {
  for (std::vector<Byte> out(first_size);; out.resize(out.size() * 2)) {
    Writer writer(out);
    write(writer);
    if (const auto used = writer.finish()) {
      out.resize(used->size());
      return out;
    }
  }
}

std::vector<Byte> sign1(ByteView payload, std::string_view purpose, const crypto::SecretKey& key) {
  std::vector<Byte> scratch(payload.size() + purpose.size() + sign1_overhead);
  std::vector<Byte> out(payload.size() + sign1_overhead);
  const auto used = make_sign1(payload, purpose, key, out, scratch);
  // Both buffers hold the largest result, so signing can't fail.
  out.resize(used ? used->size() : 0);
  return out;
}

Result<ByteView> open_sign1(ByteView message, std::string_view purpose,
                            const crypto::PublicKey& key) {
  DAYMARK_TRY(const Sign1 parsed, parse_sign1(message));
  std::vector<Byte> scratch(parsed.payload.size() + purpose.size() + sign1_overhead);
  DAYMARK_CHECK(verify_sign1(parsed, purpose, key, scratch));
  return parsed.payload;
}

}  // namespace daymark::cbor
