#include "daymark/evidence/nvidia/spdm_report.h"

#include <algorithm>
#include <array>

#include "daymark/evidence/errors.h"

namespace daymark::evidence {

namespace {

constexpr Byte spdm_1_1 = 0x11;
constexpr Byte get_measurements = 0xE0;
constexpr Byte measurements = 0x60;
constexpr Byte with_signature = 0x01;
constexpr Byte all_measurements = 0xFF;
constexpr Byte dmtf_specification = 0x01;
constexpr Byte digest_of_firmware = 0x01;
constexpr std::size_t nonce_size = 32;
constexpr std::size_t digest_size = 48;
constexpr std::size_t block_head_size = 4;
constexpr std::size_t value_head_size = 3;
constexpr std::size_t signature_size = 96;
constexpr std::size_t opaque_version_max = 1;

constexpr std::array<Byte, 4> request_head{spdm_1_1, get_measurements, with_signature,
                                           all_measurements};
constexpr std::array<Byte, 4> response_head{spdm_1_1, measurements, 0, 0};

std::size_t little_endian(ByteView bytes) {
  std::size_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value << 8 | bytes[i];
  return value;
}

/// Hands out the input piece by piece and knows where it stands.
class Cursor {
 public:
  explicit Cursor(ByteView input) : input_(input) {}

  Result<ByteView> take(std::size_t count) {
    if (count > input_.size() - at_) return fail_here(errc::report_truncated);
    const ByteView out = input_.subspan(at_, count);
    at_ += count;
    return out;
  }

  Result<std::size_t> take_number(std::size_t bytes) {
    DAYMARK_TRY(const ByteView raw, take(bytes));
    return little_endian(raw);
  }

  [[nodiscard]] std::size_t at() const { return at_; }

  [[nodiscard]] ByteView taken() const { return input_.first(at_); }

  [[nodiscard]] bool at_end() const { return at_ == input_.size(); }

  [[nodiscard]] std::unexpected<Error> fail_here(Errc code, FieldId field = field::report) const {
    return fail(code, field, static_cast<std::uint32_t>(at_));
  }

 private:
  ByteView input_;
  std::size_t at_ = 0;
};

Result<void> expect(Cursor& cursor, ByteView bytes, Errc code) {
  const Cursor before = cursor;
  DAYMARK_TRY(const ByteView found, cursor.take(bytes.size()));
  return equal(found, bytes) ? ok() : before.fail_here(code);
}

Result<void> read_request(Cursor& cursor, SpdmReport& out) {
  DAYMARK_CHECK(expect(cursor, request_head, errc::report_request));
  DAYMARK_TRY(const ByteView nonce, cursor.take(nonce_size));
  out.requester_nonce = array_of<nonce_size>(nonce);
  constexpr std::array<Byte, 1> slot_zero{0};
  return expect(cursor, slot_zero, errc::report_request);
}

Result<void> read_block(Cursor& cursor, SpdmReport& out) {
  const Cursor before = cursor;
  DAYMARK_TRY(const ByteView head, cursor.take(block_head_size));
  const std::size_t expected = out.blocks.size() + 1;
  if (head[0] != expected) {
    const bool seen = head[0] != 0 && head[0] < expected;
    return before.fail_here(seen ? errc::report_block_duplicate : errc::report_block_order,
                            field::measurement_block);
  }
  const std::size_t size = little_endian(head.subspan(2, 2));
  DAYMARK_TRY(const ByteView value_head, cursor.take(value_head_size));
  const std::size_t value_size = little_endian(value_head.subspan(1, 2));
  if (size != value_head_size + value_size) {
    return before.fail_here(errc::report_block_size, field::measurement_block);
  }
  if (head[1] != dmtf_specification || value_head[0] != digest_of_firmware ||
      value_size != digest_size) {
    return before.fail_here(errc::report_block_form, field::measurement_block);
  }
  DAYMARK_TRY(const ByteView value, cursor.take(value_size));
  out.blocks.push_back({head[0], value});
  return ok();
}

Result<void> read_blocks(Cursor& cursor, SpdmReport& out) {
  const Cursor before = cursor;
  DAYMARK_TRY(const std::size_t count, cursor.take_number(1));
  DAYMARK_TRY(const std::size_t length, cursor.take_number(3));
  if (count == 0) return before.fail_here(errc::report_blocks, field::measurement_block);
  const std::size_t start = cursor.at();
  out.blocks.reserve(count);
  while (out.blocks.size() < count)
    DAYMARK_CHECK(read_block(cursor, out));
  if (cursor.at() - start != length) {
    return before.fail_here(errc::report_blocks, field::measurement_block);
  }
  return ok();
}

/// A version string: printable, with one NUL at its end.
bool is_version_text(ByteView data) {
  if (data.size() < 2 || data.back() != 0) return false;
  const ByteView text = data.first(data.size() - 1);
  return std::all_of(text.begin(), text.end(), [](Byte c) { return c > 0x20 && c < 0x7F; });
}

bool has_form(const OpaqueField& field) {
  const std::size_t size = field.data.size();
  switch (field.type) {
    case OpaqueType::driver_version: return is_version_text(field.data);
    case OpaqueType::vbios_version: return size >= 8;
    case OpaqueType::firmware_identity: return size == digest_size;
    case OpaqueType::measurement_counts: return size % 4 == 0;
    case OpaqueType::data_version: return size > 0 && size <= 8;
    default: return true;
  }
}

Result<void> check_form(const OpaqueField& field, const Cursor& where) {
  if (!has_form(field)) return where.fail_here(errc::report_field, field::opaque_field);
  const bool newer =
      field.type == OpaqueType::data_version && little_endian(field.data) > opaque_version_max;
  return newer ? where.fail_here(errc::report_opaque_version, field::opaque_field) : ok();
}

Result<void> read_opaque_field(Cursor& cursor, SpdmReport& out) {
  const Cursor before = cursor;
  DAYMARK_TRY(const std::size_t type, cursor.take_number(2));
  DAYMARK_TRY(const std::size_t size, cursor.take_number(2));
  DAYMARK_TRY(const ByteView data, cursor.take(size));
  const OpaqueField field{static_cast<OpaqueType>(type), data};
  if (out.find(field.type)) {
    return before.fail_here(errc::report_opaque_duplicate, field::opaque_field);
  }
  DAYMARK_CHECK(check_form(field, before));
  out.opaque.push_back(field);
  return ok();
}

Result<void> read_opaque(Cursor& cursor, SpdmReport& out) {
  const Cursor before = cursor;
  DAYMARK_TRY(const std::size_t length, cursor.take_number(2));
  if (length == 0) return before.fail_here(errc::report_opaque_length, field::opaque_field);
  const std::size_t end = cursor.at() + length;
  while (cursor.at() < end)
    DAYMARK_CHECK(read_opaque_field(cursor, out));
  if (cursor.at() != end) return before.fail_here(errc::report_opaque_length, field::opaque_field);
  return ok();
}

}  // namespace

std::optional<ByteView> SpdmReport::find(OpaqueType type) const {
  const auto found =
      std::find_if(opaque.begin(), opaque.end(), [&](const auto& f) { return f.type == type; });
  if (found == opaque.end()) return std::nullopt;
  return found->data;
}

std::optional<FirmwareIdentity> SpdmReport::firmware_identity() const {
  const auto data = find(OpaqueType::firmware_identity);
  if (!data) return std::nullopt;
  return array_of<digest_size>(*data);
}

Result<SpdmReport> parse_report(ByteView input) {
  if (input.size() > report_size_max) return fail(errc::report_too_large, field::report);
  Cursor cursor(input);
  SpdmReport out;
  DAYMARK_CHECK(read_request(cursor, out));
  DAYMARK_CHECK(expect(cursor, response_head, errc::report_response));
  DAYMARK_CHECK(read_blocks(cursor, out));
  DAYMARK_TRY(const ByteView nonce, cursor.take(nonce_size));
  out.responder_nonce = array_of<nonce_size>(nonce);
  DAYMARK_CHECK(read_opaque(cursor, out));
  out.signed_bytes = cursor.taken();
  DAYMARK_TRY(out.signature, cursor.take(signature_size));
  if (!cursor.at_end()) return cursor.fail_here(errc::report_trailing);
  return out;
}

}  // namespace daymark::evidence
