// Writes what checkpoint.h and proof.h read: verifier keys, notes, signatures, proofs. Host only.
//
//   const std::string body = checkpoint_body("log.example", head);
//   const std::string note = make_note(body, sign_body({"log.example", key}, body));
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "daymark/tlog/checkpoint.h"
#include "daymark/tlog/proof.h"

namespace daymark::tlog {

/// Who signs notes: a log under its origin, or a witness under its name. One key must not serve
/// two names (C2SP tlog-cosignature).
struct NoteSigner {
  std::string name;
  crypto::SecretKey key;
};

/// "name+hash+base64(type || key)" (C2SP signed-note, Verifier keys).
[[nodiscard]] std::string format_vkey(std::string_view name, Byte type,
                                      const crypto::PublicKey& key);
/// The same for what `signer` signs with type `type`.
[[nodiscard]] std::string format_vkey(const NoteSigner& signer, Byte type);

/// Origin, size and root, each with its newline (C2SP tlog-checkpoint).
[[nodiscard]] std::string checkpoint_body(std::string_view origin, const TreeHead& head);

/// The signature line of type 01 over `body`, with its newline.
[[nodiscard]] std::string sign_body(const NoteSigner& signer, std::string_view body);

/// The signature line of type 04 (cosignature/v1) over `body` at `time`, cut to whole seconds.
[[nodiscard]] std::string cosign_body(const NoteSigner& signer, std::string_view body,
                                      UnixMillis time);

/// Body, blank line, signature lines.
[[nodiscard]] std::string make_note(std::string_view body, std::string_view signature_lines);

/// A tlog-proof without `extra` (C2SP tlog-proof v1); `checkpoint` is the whole note.
[[nodiscard]] std::string make_proof(LeafIndex index, std::span<const Digest> path,
                                     std::string_view checkpoint);

}  // namespace daymark::tlog
