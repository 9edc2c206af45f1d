// Paths and contents of a tiled log (C2SP tlog-tiles). Host only.
//
//   tile/0/x001/x234/067         the leaf hashes of 256 entries
//   tile/0/x001/x234/067.p/12    the same while there are only 12
//   tile/1/004                   each hash covers one full tile below
//   tile/entries/x001/x234/067   the entries themselves, each behind its length in two bytes
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/units.h"
#include "daymark/tlog/merkle.h"

namespace daymark::tlog {

inline constexpr unsigned tile_width = 256;
inline constexpr unsigned tile_level_max = 63;
inline constexpr std::size_t log_entry_max = 65535;

/// What one resource below "tile/" holds.
struct TileId {
  bool entries = false;     ///< an entry bundle; then `level` is 0
  unsigned level = 0;       ///< 0 to 63; one hash covers 256^level entries
  std::uint64_t index = 0;  ///< of the tile within its level
  unsigned width = tile_width;

  friend constexpr bool operator==(const TileId&, const TileId&) = default;
};

/// "tile/<L>/<N>[.p/<W>]" or "tile/entries/<N>[.p/<W>]".
[[nodiscard]] std::string tile_path(const TileId& tile);

/// The one path that tile_path makes, nothing else. Errors: errc::tile_path.
[[nodiscard]] Result<TileId> parse_tile_path(std::string_view path);

/// The tiles and bundles that a log has at `newer` and did not have at `older`: what must be on
/// disk before a checkpoint of `newer` is signed.
[[nodiscard]] std::vector<TileId> new_tiles(TreeSize older, TreeSize newer);

/// Exactly `width` hashes. Errors: errc::tile_malformed.
[[nodiscard]] Result<std::vector<Digest>> parse_tile(ByteView content, unsigned width);

/// Exactly `width` entries and nothing behind them; views into `content`.
/// Errors: errc::tile_malformed.
[[nodiscard]] Result<std::vector<ByteView>> parse_bundle(ByteView content, unsigned width);

/// As many entries as `content` holds, however many; views into it. Errors: errc::tile_malformed.
[[nodiscard]] Result<std::vector<ByteView>> parse_entries(ByteView content);

/// Appends one entry of a bundle. Errors: errc::log_entry_size.
[[nodiscard]] Result<void> add_to_bundle(std::vector<Byte>& bundle, ByteView entry);

}  // namespace daymark::tlog
