#include "daymark/tlog/tiles.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "daymark/base/errors.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/text_internal.h"

namespace daymark::tlog {

namespace {

constexpr unsigned group = 1000;

/// 1234067 is "x001/x234/067".
std::string index_path(std::uint64_t index) {
  std::string out = fmt::format("{:03}", index % group);
  for (std::uint64_t rest = index / group; rest != 0; rest /= group)
    out = fmt::format("x{:03}/{}", rest % group, out);
  return out;
}

std::optional<unsigned> cut_level(std::string_view& rest) {
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto level = parse_decimal(slice(rest, 0, slash));
  if (!level || *level > tile_level_max) return std::nullopt;
  rest.remove_prefix(slash + 1);
  return static_cast<unsigned>(*level);
}

std::optional<unsigned> cut_number_group(std::string_view& rest) {
  if (rest.size() < 3) return std::nullopt;
  unsigned value = 0;
  for (const char c : slice(rest, 0, 3)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  rest.remove_prefix(3);
  return value;
}

/// At most six groups: below 10^18, so nothing overflows.
std::optional<std::uint64_t> cut_index(std::string_view& rest) {
  constexpr int groups_max = 6;
  std::uint64_t index = 0;
  for (int i = 0; i < groups_max; ++i) {
    const bool more = cut_prefix(rest, "x");
    const auto value = cut_number_group(rest);
    if (!value) return std::nullopt;
    index = index * group + *value;
    if (!more) return index;
    if (!cut_prefix(rest, "/")) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<unsigned> parse_width(std::string_view rest) {
  if (rest.empty()) return tile_width;
  if (!cut_prefix(rest, ".p/")) return std::nullopt;
  const auto width = parse_decimal(rest);
  if (!width || *width == 0 || *width >= tile_width) return std::nullopt;
  return static_cast<unsigned>(*width);
}

std::optional<TileId> parse_parts(std::string_view rest) {
  TileId out;
  if (!cut_prefix(rest, "tile/")) return std::nullopt;
  out.entries = cut_prefix(rest, "entries/");
  const auto level = out.entries ? std::optional<unsigned>(0) : cut_level(rest);
  const auto index = level ? cut_index(rest) : std::nullopt;
  const auto width = index ? parse_width(rest) : std::nullopt;
  if (!width) return std::nullopt;
  out.level = *level;
  out.index = *index;
  out.width = *width;
  return out;
}

/// The tiles of one level between two numbers of hashes.
void add_level(TileId tile, std::uint64_t older, std::uint64_t newer, std::vector<TileId>& out) {
  for (tile.index = older / tile_width; tile.index * tile_width < newer; ++tile.index) {
    const std::uint64_t hashes = newer - tile.index * tile_width;
    tile.width = static_cast<unsigned>(std::min<std::uint64_t>(hashes, tile_width));
    out.push_back(tile);
  }
}

}  // namespace

std::string tile_path(const TileId& tile) {
  const std::string place = tile.entries ? "entries" : fmt::format("{}", tile.level);
  const std::string full = fmt::format("tile/{}/{}", place, index_path(tile.index));
  return tile.width == tile_width ? full : fmt::format("{}.p/{}", full, tile.width);
}

Result<TileId> parse_tile_path(std::string_view path) {
  const std::optional<TileId> tile = parse_parts(path);
  // Printing again refuses a second spelling such as a leading group "x000".
  if (!tile || tile_path(*tile) != path) return fail(errc::tile_path, field::text);
  return *tile;
}

std::vector<TileId> new_tiles(TreeSize older, TreeSize newer) {
  std::vector<TileId> out;
  if (older >= newer) return out;
  add_level({.entries = true}, older.value, newer.value, out);
  std::uint64_t before = older.value;
  std::uint64_t after = newer.value;
  for (unsigned level = 0; before != after; ++level) {
    add_level({.level = level}, before, after, out);
    before /= tile_width;
    after /= tile_width;
  }
  return out;
}

Result<std::vector<Digest>> parse_tile(ByteView content, unsigned width) {
  constexpr std::size_t hash_size = sizeof(Digest);
  const bool fits = width != 0 && width <= tile_width && content.size() == width * hash_size;
  if (!fits) return fail(errc::tile_malformed, field::length);
  std::vector<Digest> out;
  for (; !content.empty(); content = content.subspan(hash_size))
    out.push_back(array_of<hash_size>(content.first(hash_size)));
  return out;
}

Result<std::vector<ByteView>> parse_bundle(ByteView content, unsigned width) {
  DAYMARK_TRY(std::vector<ByteView> out, parse_entries(content));
  const bool fits = width != 0 && width <= tile_width && out.size() == width;
  if (!fits) return fail(errc::tile_malformed, field::length);
  return out;
}

Result<std::vector<ByteView>> parse_entries(ByteView content) {
  std::vector<ByteView> out;
  ByteView rest = content;
  while (!rest.empty()) {
    const auto offset = static_cast<std::uint32_t>(content.size() - rest.size());
    if (rest.size() < 2) return fail(errc::tile_malformed, field::log_entry, offset);
    const std::size_t size = get_big_endian<std::uint16_t>(rest.first<2>());
    rest = rest.subspan(2);
    if (rest.size() < size) return fail(errc::tile_malformed, field::log_entry, offset);
    out.push_back(rest.first(size));
    rest = rest.subspan(size);
  }
  return out;
}

Result<void> add_to_bundle(std::vector<Byte>& bundle, ByteView entry) {
  if (entry.size() > log_entry_max) return fail(errc::log_entry_size, field::log_entry);
  ByteArray<2> length{};
  put_big_endian(static_cast<std::uint16_t>(entry.size()), length);
  bundle.insert(bundle.end(), length.begin(), length.end());
  bundle.insert(bundle.end(), entry.begin(), entry.end());
  return ok();
}

}  // namespace daymark::tlog
