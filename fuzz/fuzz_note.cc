// A note that is read is written back to the same bytes; a verifier key too.
#include <cstdlib>
#include <string>

#include "daymark/tlog/note_writer.h"

namespace {

using namespace daymark;

void require(bool rule) {
  if (!rule) std::abort();
}

void check_note(std::string_view text) {
  const auto note = tlog::parse_note(text);
  if (!note) return;
  std::string lines;
  for (const tlog::NoteSignature& signature : note->list()) {
    require(tlog::is_key_name(signature.name));
    lines += "\u2014 " + std::string(signature.name) + " " + std::string(signature.base64) + "\n";
  }
  require(tlog::make_note(note->body, lines) == text);
}

void check_vkey(std::string_view text) {
  const auto key = tlog::parse_vkey(text);
  if (key) require(tlog::format_vkey(key->name, key->type, key->key) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of({data, size});
  check_note(text);
  check_vkey(text);
  return 0;
}
