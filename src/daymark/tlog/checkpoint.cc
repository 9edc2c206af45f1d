#include "daymark/tlog/checkpoint.h"

#include <limits>
#include <optional>

#include "daymark/base/errors.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/text_internal.h"

namespace daymark::tlog {

namespace {

constexpr std::size_t hash_size = 4;
constexpr std::size_t time_size = 8;
constexpr std::size_t signature_size = 64;
constexpr std::string_view cosignature_header = "cosignature/v1\ntime ";

bool is_by(const NoteSignature& signature, const VerifierKey& key) {
  return signature.name == key.name && signature.hash == key.hash;
}

/// Lines after the third are opaque, but none may be empty (C2SP tlog-checkpoint).
bool are_extensions(std::string_view rest) {
  while (!rest.empty()) {
    const auto line = cut_line(rest);
    if (!line || line->empty()) return false;
  }
  return true;
}

/// The content of a signature behind the key hash, exactly N bytes.
template <std::size_t N>
std::optional<ByteArray<N>> content_of(const NoteSignature& signature) {
  ByteArray<hash_size + N> bytes{};
  const auto decoded = base64_decode(signature.base64, bytes);
  if (!decoded || decoded->size() != bytes.size()) return std::nullopt;
  return array_of<N>(decoded->subspan(hash_size));
}

Result<void> verify_plain(const NoteSignature& signature, std::string_view body,
                          const VerifierKey& key) {
  const auto content = content_of<signature_size>(signature);
  if (!content) return fail(errc::note_signature, field::log_checkpoint);
  const bool good = crypto::ed25519_verify(key.key, bytes_of(body), {*content}).has_value();
  return good ? ok() : fail(errc::note_signature, field::log_checkpoint);
}

/// A number in decimal.
class Decimal {
 public:
  explicit Decimal(std::uint64_t number) {
    do {
      digits_[--at_] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
  }

  [[nodiscard]] std::string_view text() const {
    return {digits_.data() + at_, digits_.size() - at_};
  }

 private:
  std::array<char, 20> digits_{};
  std::size_t at_ = 20;
};

/// The time in seconds that the signature states.
Result<std::uint64_t> verify_timed(const NoteSignature& signature, std::string_view body,
                                   const VerifierKey& key) {
  const auto content = content_of<time_size + signature_size>(signature);
  if (!content) return fail(errc::note_signature, field::log_checkpoint);
  const ByteView bytes = *content;
  const auto time = get_big_endian<std::uint64_t>(bytes.first<time_size>());
  const Decimal decimal(time);
  const std::array<ByteView, 4> message{bytes_of(cosignature_header), bytes_of(decimal.text()),
                                        bytes_of("\n"), bytes_of(body)};
  const crypto::Signature plain{array_of<signature_size>(bytes.subspan(time_size))};
  const bool good = crypto::ed25519_verify(key.key, message, plain).has_value();
  return good ? Result<std::uint64_t>(time) : fail(errc::note_signature, field::log_checkpoint);
}

/// Whether a time in seconds says something and fits our clocks.
bool is_time(std::uint64_t seconds) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max() / 1000;
  return seconds != 0 && seconds <= static_cast<std::uint64_t>(most);
}

}  // namespace

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  Checkpoint out;
  DAYMARK_CHECK(parse_checkpoint_into(text, out));
  return out;
}

Result<void> parse_checkpoint_into(std::string_view text, Checkpoint& out) {
  DAYMARK_CHECK(parse_note_into(text, out.note));
  std::string_view rest = out.note.body;
  if (rest.size() > checkpoint_body_max) return fail(errc::checkpoint_malformed, field::length);
  const auto origin = cut_line(rest);
  const auto size = cut_line(rest);
  const auto root = cut_line(rest);
  if (!origin || origin->empty()) return fail(errc::checkpoint_malformed, field::origin);
  const auto leaves = size ? parse_decimal(*size) : std::nullopt;
  if (!leaves) return fail(errc::checkpoint_malformed, field::tree_size);
  const auto digest = root ? parse_digest(*root) : std::nullopt;
  if (!digest) return fail(errc::checkpoint_malformed, field::root);
  if (!are_extensions(rest)) return fail(errc::checkpoint_malformed, field::note_line);
  out.origin = *origin;
  out.head = {{*leaves}, *digest};
  return ok();
}

Result<void> verify_log_signature(const Checkpoint& checkpoint, const VerifierKey& key) {
  if (key.type != type_ed25519 || key.name != checkpoint.origin) {
    return fail(errc::checkpoint_unsigned, field::origin);
  }
  bool found = false;
  for (const NoteSignature& signature : checkpoint.note.list()) {
    if (!is_by(signature, key)) continue;
    DAYMARK_CHECK(verify_plain(signature, checkpoint.note.body, key));
    found = true;
  }
  return found ? ok() : fail(errc::checkpoint_unsigned, field::log_checkpoint);
}

Result<UnixMillis> verify_cosignature(const Checkpoint& checkpoint, const VerifierKey& key) {
  if (key.type != type_cosignature) return fail(errc::checkpoint_uncosigned, field::key_name);
  bool found = false;
  std::uint64_t oldest = 0;
  for (const NoteSignature& signature : checkpoint.note.list()) {
    if (!is_by(signature, key)) continue;
    DAYMARK_TRY(const std::uint64_t time, verify_timed(signature, checkpoint.note.body, key));
    found = true;
    if (is_time(time) && (oldest == 0 || time < oldest)) oldest = time;
  }
  if (!found) return fail(errc::checkpoint_uncosigned, field::log_checkpoint);
  if (oldest == 0) return fail(errc::cosignature_time, field::time);
  return UnixMillis{static_cast<std::int64_t>(oldest) * 1000};
}

}  // namespace daymark::tlog
