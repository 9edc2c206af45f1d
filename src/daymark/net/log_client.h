// Reads a tiled log (C2SP tlog-tiles) over HTTP. What comes is parsed but not verified: whoever
// uses it compares it with a signed head. Host only.
#pragma once

#include <string>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/failure.h"
#include "daymark/base/units.h"
#include "daymark/net/http_client.h"

namespace daymark::net {

/// Entries [from, to) of a tree.
struct EntryRange {
  TreeSize from;
  TreeSize to;
};

/// Most bytes of entries that one call of fetch_entries takes.
inline constexpr std::size_t fetch_max = 32UL << 20;

/// The text of the published checkpoint, not verified. Errors: those of http_get and body_of.
[[nodiscard]] Outcome<std::string> fetch_checkpoint(const std::string& log_url,
                                                    const HttpLimits& limits = {});

/// The entries of `range` out of a tree of `range.to` leaves. Where a partial bundle is gone the
/// full one is tried (C2SP tlog-tiles, Partial Tiles). The limits hold for each bundle.
/// Errors (subject: the URL of the bundle): those of http_get and body_of, errc::tile_malformed,
/// errc::net_answer_too_large beyond fetch_max.
[[nodiscard]] Outcome<std::vector<std::vector<Byte>>> fetch_entries(const std::string& log_url,
                                                                    EntryRange range,
                                                                    const HttpLimits& limits = {});

}  // namespace daymark::net
