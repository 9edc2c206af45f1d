#include "daymark/base/frame.h"

namespace daymark {

namespace {

constexpr std::size_t head_checked = 12;
constexpr ByteArray<4> frame_mark{'D', 'M', frame_version, 0};

/// Remainders of the sixteen values of four bits: a table of 64 bytes, as a chip has little room.
constexpr std::array<std::uint32_t, 16> make_remainders() {
  std::array<std::uint32_t, 16> out{};
  for (std::uint32_t value = 0; value < out.size(); ++value) {
    std::uint32_t rest = value;
    for (int bit = 0; bit < 4; ++bit)
      rest = (rest >> 1U) ^ ((rest & 1U) != 0 ? 0xEDB88320U : 0U);
    out[value] = rest;
  }
  return out;
}

constexpr auto remainders = make_remainders();

std::uint32_t number_at(ByteView bytes, std::size_t offset) {
  return get_big_endian<std::uint32_t>(bytes.subspan(offset).first<4>());
}

/// Whether a head may begin here, as far as the bytes go.
bool may_begin(ByteView bytes) {
  const std::size_t seen = bytes.size() < frame_mark.size() ? bytes.size() : frame_mark.size();
  return equal(bytes.first(seen), ByteView(frame_mark).first(seen));
}

bool head_is_sound(ByteView bytes) {
  return crc32(bytes.first(head_checked)) == number_at(bytes, head_checked);
}

enum class At : std::uint8_t { nothing, part, whole, oversize };

/// What `left`, the rest of a stream, begins with.
At judge_front(ByteView left, std::size_t body_max, FrameSearch& out) {
  if (!may_begin(left)) return At::nothing;
  if (left.size() < frame_head_size) return At::part;
  if (!head_is_sound(left)) return At::nothing;
  const std::size_t size = number_at(left, 8);
  if (size > body_max) return At::oversize;
  if (left.size() < frame_overhead + size) return At::part;
  out.number = number_at(left, 4);
  out.body = left.subspan(frame_head_size, size);
  return crc32(out.body) == number_at(left, frame_head_size + size) ? At::whole : At::nothing;
}

}  // namespace

std::uint32_t crc32(ByteView bytes) {
  std::uint32_t rest = ~std::uint32_t{0};
  for (const Byte byte : bytes) {
    rest ^= byte;
    rest = (rest >> 4U) ^ remainders[rest & 15U];
    rest = (rest >> 4U) ^ remainders[rest & 15U];
  }
  return ~rest;
}

ByteArray<frame_head_size> frame_head(FrameHead head) {
  ByteArray<frame_head_size> out{};
  copy_bytes(frame_mark, out);
  put_big_endian(head.number, std::span(out).subspan<4, 4>());
  put_big_endian(head.size, std::span(out).subspan<8, 4>());
  put_big_endian(crc32(ByteView(out).first(head_checked)), std::span(out).subspan<12, 4>());
  return out;
}

ByteArray<frame_tail_size> frame_tail(ByteView body) {
  ByteArray<frame_tail_size> out{};
  put_big_endian(crc32(body), std::span(out));
  return out;
}

FrameSearch find_frame(ByteView received, std::size_t body_max) {
  FrameSearch out;
  for (; out.skipped < received.size(); ++out.skipped) {
    const At at = judge_front(received.subspan(out.skipped), body_max, out);
    if (at == At::nothing) continue;
    out.whole = at == At::whole;
    out.oversize = at == At::oversize;
    break;
  }
  if (!out.whole) out.body = {};
  out.end = out.skipped + (out.whole ? frame_overhead + out.body.size() : 0);
  return out;
}

}  // namespace daymark
