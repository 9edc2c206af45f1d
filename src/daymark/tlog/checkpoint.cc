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

/// Builds the signed message of a cosignature without a heap.
class Message {
 public:
  void add(std::string_view text) {
    if (text.size() > buffer_.size() - size_) return;
    copy_bytes(bytes_of(text), MutableBytes(buffer_).subspan(size_));
    size_ += text.size();
  }

  void add(std::uint64_t number) {
    std::array<char, 20> digits{};
    std::size_t at = digits.size();
    do {
      digits[--at] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    add({digits.data() + at, digits.size() - at});
  }

  [[nodiscard]] ByteView view() const { return ByteView(buffer_).first(size_); }

 private:
  ByteArray<checkpoint_body_max + 64> buffer_{};  // header, 20 digits and newline fit in 64
  std::size_t size_ = 0;
};

/// The time in seconds that the signature states. The body's length was checked by the parser.
Result<std::uint64_t> verify_timed(const NoteSignature& signature, std::string_view body,
                                   const VerifierKey& key) {
  const auto content = content_of<time_size + signature_size>(signature);
  if (!content) return fail(errc::note_signature, field::log_checkpoint);
  const ByteView bytes = *content;
  const auto time = get_big_endian<std::uint64_t>(bytes.first<time_size>());
  Message message;
  message.add(cosignature_header);
  message.add(time);
  message.add("\n");
  message.add(body);
  const crypto::Signature plain{array_of<signature_size>(bytes.subspan(time_size))};
  const bool good = crypto::ed25519_verify(key.key, message.view(), plain).has_value();
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
  DAYMARK_TRY(out.note, parse_note(text));
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
  return out;
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
