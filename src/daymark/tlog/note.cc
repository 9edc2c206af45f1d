// Signed notes: keys, the split into body and signatures (C2SP signed-note).
#include <array>
#include <optional>

#include "daymark/base/errors.h"
#include "daymark/crypto/low_order.h"
#include "daymark/tlog/checkpoint.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/text_internal.h"
#include "daymark/tlog/utf8_internal.h"

namespace daymark::tlog {

namespace {

constexpr std::string_view em_dash_space = "\xE2\x80\x94 ";
constexpr std::size_t key_hash_size = 4;

/// White_Space of Unicode.
bool is_space(char32_t c) {
  if (c >= 0x09 && c <= 0x0D) return true;
  if (c >= 0x2000 && c <= 0x200A) return true;
  return c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 || c == 0x2028 || c == 0x2029 ||
         c == 0x202F || c == 0x205F || c == 0x3000;
}

/// Whether `text` is base64 as a whole. Signatures of other types may be long, so it is decoded
/// piece by piece.
bool is_base64(std::string_view text) {
  constexpr std::size_t piece = 64;
  ByteArray<base64_decoded_max(piece)> scratch{};
  while (text.size() > piece) {
    const std::string_view front = slice(text, 0, piece);
    if (front.back() == '=' || !base64_decode(front, scratch)) return false;
    text.remove_prefix(piece);
  }
  return base64_decode(text, scratch).has_value();
}

/// The key hash at the front of a signature; nothing where it or the signature is missing.
std::optional<ByteArray<key_hash_size>> hash_of(std::string_view base64) {
  constexpr std::size_t characters = 8;  // hold the hash and two bytes of the signature
  if (base64.size() < characters || !is_base64(base64)) return std::nullopt;
  ByteArray<base64_decoded_max(characters)> front{};
  const auto decoded = base64_decode(slice(base64, 0, characters), front);
  if (!decoded || decoded->size() <= key_hash_size) return std::nullopt;
  return array_of<key_hash_size>(decoded->first(key_hash_size));
}

std::optional<NoteSignature> parse_signature(std::string_view line) {
  if (!cut_prefix(line, em_dash_space)) return std::nullopt;
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::string_view name = slice(line, 0, space);
  const std::string_view base64 = tail(line, space + 1);
  const auto hash = hash_of(base64);
  if (!is_key_name(name) || !hash) return std::nullopt;
  return NoteSignature{name, *hash, base64};
}

/// Where the blank line before the signatures begins: the last one of the note.
std::optional<std::size_t> find_split(std::string_view text) {
  const std::size_t split = text.rfind("\n\n");
  if (split == std::string_view::npos) return std::nullopt;
  return split + 1;
}

std::uint32_t offset_in(std::string_view text, std::string_view rest) {
  return static_cast<std::uint32_t>(text.size() - rest.size());
}

}  // namespace

bool is_key_name(std::string_view name) {
  if (name.empty()) return false;
  while (!name.empty()) {
    const std::optional<char32_t> point = cut_code_point(name);
    if (!point || *point < 0x20 || *point == '+' || is_space(*point)) return false;
  }
  return true;
}

ByteArray<4> note_key_hash(std::string_view name, Byte type, const crypto::PublicKey& key) {
  constexpr Byte newline = '\n';
  const std::array<ByteView, 4> parts{bytes_of(name), ByteView(&newline, 1), ByteView(&type, 1),
                                      key.bytes};
  return array_of<key_hash_size>(ByteView(crypto::sha256(parts)).first(key_hash_size));
}

Result<VerifierKey> parse_vkey(std::string_view text) {
  // Base64 may hold a plus sign too: split at the first two (C2SP signed-note, Verifier keys).
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second != first + 1 + 2 * key_hash_size) return fail(errc::note_vkey, field::key_name);
  const std::string_view hex = slice(text, first + 1, 2 * key_hash_size);
  VerifierKey out;
  out.name = slice(text, 0, first);
  ByteArray<33> encoded{};
  const auto decoded = base64_decode(tail(text, second + 1), encoded);
  if (!decoded || decoded->size() != encoded.size()) return fail(errc::note_vkey);
  out.type = encoded[0];
  out.key.bytes = array_of<32>(ByteView(encoded).subspan(1));
  if (out.type != type_ed25519 && out.type != type_cosignature) return fail(errc::note_vkey);
  // With such a key anybody can sign.
  if (crypto::is_low_order(out.key)) return fail(errc::note_vkey);
  out.hash = note_key_hash(out.name, out.type, out.key);
  if (!is_key_name(out.name)) return fail(errc::note_vkey, field::key_name);
  return is_hex_of(hex, out.hash) ? Result<VerifierKey>(out) : fail(errc::note_vkey);
}

Result<Note> parse_note(std::string_view text) {
  Note out;
  DAYMARK_CHECK(parse_note_into(text, out));
  return out;
}

Result<void> parse_note_into(std::string_view text, Note& out) {
  if (text.size() > note_size_max) return fail(errc::note_malformed, field::length);
  const std::optional<std::size_t> split = find_split(text);
  if (!split || !is_note_text(text)) return fail(errc::note_malformed, field::note_line);
  out.body = slice(text, 0, *split);
  std::string_view rest = tail(text, *split + 1);
  if (rest.empty()) return fail(errc::note_malformed, field::note_line, offset_in(text, rest));
  while (!rest.empty()) {
    const std::uint32_t offset = offset_in(text, rest);
    const auto line = cut_line(rest);
    const auto signature = line ? parse_signature(*line) : std::nullopt;
    if (!signature) return fail(errc::note_malformed, field::note_line, offset);
    if (out.signature_count == note_signatures_max) return fail(errc::note_signatures);
    out.signatures[out.signature_count++] = *signature;
  }
  return ok();
}

}  // namespace daymark::tlog
