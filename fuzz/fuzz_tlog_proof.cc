// A proof without extra data is written back to the same bytes.
#include <cstdlib>
#include <string>

#include "daymark/tlog/note_writer.h"

namespace {

using namespace daymark;

void require(bool rule) {
  if (!rule) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of({data, size});
  const auto proof = tlog::parse_proof(text);
  if (!proof) return 0;
  const std::span<const Digest> path = std::span(proof->path).first(proof->path_length);
  const std::string again = tlog::make_proof(proof->index, path, proof->checkpoint);
  const bool has_extra = text.find("\nextra ") == text.find('\n');
  if (!has_extra) require(again == text);
  require(tlog::parse_proof(again).has_value());
  return 0;
}
