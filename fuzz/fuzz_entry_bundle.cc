// A bundle or tile that is read is written back to the same bytes; so is the path of a tile.
#include <cstdlib>

#include "daymark/tlog/tiles.h"

namespace {

using namespace daymark;

void require(bool rule) {
  if (!rule) std::abort();
}

void check_bundle(ByteView input) {
  const auto entries = tlog::parse_entries(input);
  if (!entries) return;
  std::vector<Byte> again;
  for (const ByteView entry : *entries)
    require(tlog::add_to_bundle(again, entry).has_value());
  require(equal(again, input));
  const auto width = static_cast<unsigned>(entries->size());
  const bool fits = width >= 1 && width <= tlog::tile_width;
  require(tlog::parse_bundle(input, width).has_value() == fits);
}

void check_tile(ByteView input) {
  const auto width = static_cast<unsigned>(input.size() / Digest{}.size());
  const auto hashes = tlog::parse_tile(input, width);
  require(hashes.has_value() == (width >= 1 && input.size() == width * Digest{}.size()));
  if (!hashes) return;
  std::vector<Byte> again;
  for (const Digest& hash : *hashes)
    again.insert(again.end(), hash.begin(), hash.end());
  require(equal(again, input));
  require(!tlog::parse_tile(input, width + 1));
}

void check_path(std::string_view input) {
  const auto tile = tlog::parse_tile_path(input);
  if (tile) require(tlog::tile_path(*tile) == input);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check_bundle({data, size});
  check_tile({data, size});
  check_path(text_of({data, size}));
  return 0;
}
