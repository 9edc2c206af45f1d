#include "daymark/net/log_client.h"

#include <algorithm>

#include "daymark/net/errors.h"
#include "daymark/net/url.h"
#include "daymark/tlog/tiles.h"

namespace daymark::net {

namespace {

constexpr std::size_t bundle_max = tlog::tile_width * (tlog::log_entry_max + 2);

struct Bundle {
  std::string url;
  std::string content;
  unsigned width = 0;
};

/// The bundle `index` of a tree of `size` leaves, or the full one where the partial one is gone.
Outcome<Bundle> fetch_bundle(const std::string& log_url, std::uint64_t index, TreeSize size,
                             const HttpLimits& limits) {
  const std::uint64_t left = size.value - index * tlog::tile_width;
  tlog::TileId tile{true, 0, index,
                    static_cast<unsigned>(std::min<std::uint64_t>(left, tlog::tile_width))};
  std::string url = join_url(log_url, tlog::tile_path(tile));
  DAYMARK_TRY(HttpResponse response, http_get(url, limits));
  if (response.status == 404 && tile.width < tlog::tile_width) {
    tile.width = tlog::tile_width;
    url = join_url(log_url, tlog::tile_path(tile));
    DAYMARK_TRY(response, http_get(url, limits));
  }
  DAYMARK_TRY(std::string content, body_of(std::move(response), url));
  return Bundle{std::move(url), std::move(content), tile.width};
}

}  // namespace

Outcome<std::string> fetch_checkpoint(const std::string& log_url, const HttpLimits& limits) {
  const std::string url = join_url(log_url, "checkpoint");
  DAYMARK_TRY(HttpResponse response, http_get(url, limits));
  return body_of(std::move(response), url);
}

Outcome<std::vector<std::vector<Byte>>> fetch_entries(const std::string& log_url, EntryRange range,
                                                      const HttpLimits& limits) {
  HttpLimits bounded = limits;
  bounded.answer_max = bundle_max;
  std::vector<std::vector<Byte>> out;
  std::size_t total = 0;
  for (std::uint64_t at = range.from.value; at < range.to.value;) {
    const std::uint64_t index = at / tlog::tile_width;
    DAYMARK_TRY(const Bundle bundle, fetch_bundle(log_url, index, range.to, bounded));
    total += bundle.content.size();
    if (total > fetch_max) return refuse(errc::net_answer_too_large, bundle.url);
    DAYMARK_TRY(const std::vector<ByteView> entries,
                about(tlog::parse_bundle(bytes_of(bundle.content), bundle.width), bundle.url));
    const std::uint64_t start = index * tlog::tile_width;
    for (; at < range.to.value && at - start < entries.size(); ++at) {
      const ByteView entry = entries[at - start];
      out.emplace_back(entry.begin(), entry.end());
    }
  }
  return out;
}

}  // namespace daymark::net
