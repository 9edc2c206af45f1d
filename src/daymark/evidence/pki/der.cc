#include "daymark/evidence/errors.h"
#include "daymark/evidence/pki/der_internal.h"

namespace daymark::evidence::der {

namespace {
constexpr Byte long_form = 0x80;
constexpr Byte high_tag_number = 0x1F;
constexpr std::size_t length_bytes_max = 2;
}  // namespace

Reader::Reader(ByteView input) : Reader(input, {errc::chain_certificate, field::certificate, 0}) {}

Reader Reader::inside(const Element& element) const {
  Error breach = breach_;
  breach.offset += static_cast<std::uint32_t>(element.content.data() - all_.data());
  return {element.content, breach};
}

Result<Element> Reader::next() {
  const ByteView start = rest_;
  DAYMARK_TRY(const Byte tag, take_byte());
  if ((tag & high_tag_number) == high_tag_number) return fail_here();
  DAYMARK_TRY(const std::size_t length, take_length());
  if (length > rest_.size()) return fail_here();
  const ByteView content = rest_.first(length);
  rest_ = rest_.subspan(length);
  return Element{tag, content, start.first(start.size() - rest_.size())};
}

Result<Element> Reader::next(Byte tag) {
  if (rest_.empty() || rest_.front() != tag) return fail_here();
  return next();
}

Result<void> Reader::expect_end() const {
  return rest_.empty() ? ok() : fail_here();
}

Result<std::size_t> Reader::take_length() {
  DAYMARK_TRY(const Byte first, take_byte());
  if (first < long_form) return first;
  const std::size_t count = first & 0x7FU;
  if (count == 0 || count > length_bytes_max) return fail_here();
  std::size_t length = 0;
  for (std::size_t i = 0; i < count; ++i) {
    DAYMARK_TRY(const Byte byte, take_byte());
    length = length << 8 | byte;
  }
  const bool shortest = count == 1 ? length >= long_form : length > 0xFF;
  if (!shortest) return fail_here();
  return length;
}

Result<Byte> Reader::take_byte() {
  if (rest_.empty()) return fail_here();
  const Byte out = rest_.front();
  rest_ = rest_.subspan(1);
  return out;
}

std::unexpected<Error> Reader::fail_here() const {
  const auto at = static_cast<std::uint32_t>(all_.size() - rest_.size());
  return fail(breach_.code, breach_.field, breach_.offset + at);
}

}  // namespace daymark::evidence::der
