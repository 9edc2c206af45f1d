#include "daymark/tlog/note_writer.h"

#include <array>
#include <vector>

#include <fmt/format.h>

#include "daymark/base/encode.h"

namespace daymark::tlog {

namespace {

std::string signature_line(std::string_view name, ByteView hash, std::span<const ByteView> parts) {
  std::vector<Byte> bytes(hash.begin(), hash.end());
  for (const ByteView part : parts)
    bytes.insert(bytes.end(), part.begin(), part.end());
  return fmt::format("\u2014 {} {}\n", name, to_base64(bytes));
}

ByteArray<4> hash_of(const NoteSigner& signer, Byte type) {
  return note_key_hash(signer.name, type, crypto::ed25519_public(signer.key));
}

}  // namespace

std::string format_vkey(std::string_view name, Byte type, const crypto::PublicKey& key) {
  std::vector<Byte> encoded{type};
  encoded.insert(encoded.end(), key.bytes.begin(), key.bytes.end());
  return fmt::format("{}+{}+{}", name, to_hex(note_key_hash(name, type, key)), to_base64(encoded));
}

std::string format_vkey(const NoteSigner& signer, Byte type) {
  return format_vkey(signer.name, type, crypto::ed25519_public(signer.key));
}

std::string checkpoint_body(std::string_view origin, const TreeHead& head) {
  return fmt::format("{}\n{}\n{}\n", origin, head.size.value, to_base64(head.root));
}

std::string sign_body(const NoteSigner& signer, std::string_view body) {
  const crypto::Signature signature = crypto::ed25519_sign(signer.key, bytes_of(body));
  const std::array<ByteView, 1> parts{signature.bytes};
  return signature_line(signer.name, hash_of(signer, type_ed25519), parts);
}

std::string cosign_body(const NoteSigner& signer, std::string_view body, UnixMillis time) {
  const auto seconds = static_cast<std::uint64_t>(time.value / 1000);
  const std::string message = fmt::format("cosignature/v1\ntime {}\n{}", seconds, body);
  const crypto::Signature signature = crypto::ed25519_sign(signer.key, bytes_of(message));
  ByteArray<8> stamp{};
  put_big_endian<std::uint64_t>(seconds, stamp);
  const std::array<ByteView, 2> parts{stamp, signature.bytes};
  return signature_line(signer.name, hash_of(signer, type_cosignature), parts);
}

std::string make_note(std::string_view body, std::string_view signature_lines) {
  return fmt::format("{}\n{}", body, signature_lines);
}

std::string make_proof(LeafIndex index, std::span<const Digest> path, std::string_view checkpoint) {
  std::string out = fmt::format("c2sp.org/tlog-proof@v1\nindex {}\n", index.value);
  for (const Digest& node : path)
    out += to_base64(node) + '\n';
  return fmt::format("{}\n{}", out, checkpoint);
}

}  // namespace daymark::tlog
