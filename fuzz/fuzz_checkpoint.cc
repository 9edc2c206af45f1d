// A checkpoint without extension lines is written back to the same body; nothing that no key of
// ours signed verifies.
#include <cstdlib>
#include <string>

#include "daymark/tlog/note_writer.h"

namespace {

using namespace daymark;

void require(bool rule) {
  if (!rule) std::abort();
}

/// No input holds a signature by this key unless Ed25519 is broken.
tlog::VerifierKey unknown_key(std::string_view name, Byte type) {
  crypto::SecretKey secret;
  secret.seed.fill(0x5A);
  tlog::VerifierKey out;
  out.name = name;
  out.type = type;
  out.key = crypto::ed25519_public(secret);
  out.hash = tlog::note_key_hash(name, type, out.key);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto checkpoint = tlog::parse_checkpoint(text_of({data, size}));
  if (!checkpoint) return 0;
  const std::string body = tlog::checkpoint_body(checkpoint->origin, checkpoint->head);
  require(checkpoint->note.body.starts_with(body));
  require(checkpoint->note.body.size() <= tlog::checkpoint_body_max);
  require(!tlog::verify_log_signature(*checkpoint,
                                      unknown_key(checkpoint->origin, tlog::type_ed25519)));
  const std::string_view name = checkpoint->note.list().front().name;
  require(!tlog::verify_cosignature(*checkpoint, unknown_key(name, tlog::type_cosignature)));
  return 0;
}
