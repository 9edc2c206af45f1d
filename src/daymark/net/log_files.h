// Serves a tiled log's files (C2SP tlog-tiles) over HTTP. Host only.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/failure.h"
#include "daymark/net/http.h"

namespace daymark::net {

/// Reads "checkpoint" or a tile's path: LogStore::resource, MirrorStore::resource.
using LogResource = std::function<Outcome<std::vector<Byte>>(const std::string& path)>;

/// Whether `path` ("/checkpoint", "/tile/…") names a file of a log.
[[nodiscard]] bool is_log_path(std::string_view path);

/// The file behind `path` with its type and caching; 404 where the log has none.
[[nodiscard]] HttpResponse log_response(std::string_view path, const LogResource& read);

}  // namespace daymark::net
