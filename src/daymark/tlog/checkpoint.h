// Signed notes, checkpoints, log signatures and cosignatures (C2SP signed-note, tlog-checkpoint,
// tlog-cosignature v1). Core: views into the text, no heap.
//
//   example.com/log          <- origin
//   42                       <- size
//   qSDF…=                   <- root
//                            <- the blank line ends the body
//   — example.com/log Az3g…  <- signatures: name, base64(key id || signature)
#pragma once

#include <array>
#include <string_view>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/crypto/ports.h"
#include "daymark/tlog/merkle.h"

namespace daymark::tlog {

inline constexpr std::size_t note_signatures_max = 16;
inline constexpr std::size_t note_size_max = 8192;
/// Longest body of a checkpoint, extension lines included; real ones have about 100 bytes.
inline constexpr std::size_t checkpoint_body_max = 1024;
/// Signature types of C2SP signed-note.
inline constexpr Byte type_ed25519 = 0x01;
inline constexpr Byte type_cosignature = 0x04;

/// A key that verifies notes: vkey "name+hash+base64(type || key)". `name` views the vkey text.
struct VerifierKey {
  std::string_view name;
  ByteArray<4> hash{};
  Byte type = 0;
  crypto::PublicKey key;
};

/// Whether a log or witness may bear this name: UTF-8, not empty, no white space, no '+', no
/// control character (C2SP signed-note, Format).
[[nodiscard]] bool is_key_name(std::string_view name);

/// The one text that writers make: lower-case hexadecimal, canonical base64.
/// Errors: errc::note_vkey, also where the hash doesn't fit name and key or the key is of low
/// order. Types 01 and 04 only.
[[nodiscard]] Result<VerifierKey> parse_vkey(std::string_view text);

/// SHA-256(name || 0x0A || type || key)[:4].
[[nodiscard]] ByteArray<4> note_key_hash(std::string_view name, Byte type,
                                         const crypto::PublicKey& key);

struct NoteSignature {
  std::string_view name;
  ByteArray<4> hash{};
  std::string_view base64;  ///< of hash || signature
};

/// A note split into body (with its final newline) and signature lines. Split at the last blank
/// line.
struct Note {
  std::string_view body;
  std::array<NoteSignature, note_signatures_max> signatures{};
  std::size_t signature_count = 0;

  [[nodiscard]] std::span<const NoteSignature> list() const {
    return std::span(signatures).first(signature_count);
  }
};

/// At least one signature line, UTF-8 without control characters, at most note_size_max bytes.
/// Errors: errc::note_malformed, errc::note_signatures (more than 16).
[[nodiscard]] Result<Note> parse_note(std::string_view text);
/// The same into a new one. On an error it is unspecified.
[[nodiscard]] Result<void> parse_note_into(std::string_view text, Note& out);

struct Checkpoint {
  std::string_view origin;
  TreeHead head;
  Note note;
};

/// Errors: errc::checkpoint_malformed and those of parse_note. Extension lines are accepted and
/// signed.
[[nodiscard]] Result<Checkpoint> parse_checkpoint(std::string_view text);
/// The same into a new one. On an error it is unspecified.
[[nodiscard]] Result<void> parse_checkpoint_into(std::string_view text, Checkpoint& out);

/// Verifies the log's own signature: type 01, by the key that bears the origin's name (C2SP says
/// SHOULD, here it is a must). Errors: errc::checkpoint_unsigned where none is by `key`,
/// errc::note_signature where one is and fails.
[[nodiscard]] Result<void> verify_log_signature(const Checkpoint& checkpoint,
                                                const VerifierKey& key);

/// Verifies every cosignature by `key` and returns the oldest time in milliseconds (signed as
/// seconds).
/// Errors: errc::checkpoint_uncosigned, errc::note_signature, errc::cosignature_time for time 0.
[[nodiscard]] Result<UnixMillis> verify_cosignature(const Checkpoint& checkpoint,
                                                    const VerifierKey& key);

}  // namespace daymark::tlog
