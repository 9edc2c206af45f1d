#include "daymark/net/log_files.h"

#include "daymark/base/errors.h"
#include "daymark/tlog/errors.h"

namespace daymark::net {

bool is_log_path(std::string_view path) {
  return path == "/checkpoint" || path.starts_with("/tile/");
}

HttpResponse log_response(std::string_view path, const LogResource& read) {
  if (!is_log_path(path)) return text_response(404, "Not found.");
  path.remove_prefix(1);
  const Outcome<std::vector<Byte>> content = read(std::string(path));
  if (!content) {
    const Errc code = content.error().error.code;
    const bool absent = code == errc::tile_path || code == errc::file_not_opened;
    return absent ? text_response(404, "Not found.") : text_response(500, "Not readable.");
  }
  HttpResponse response;
  response.body = text_of(*content);
  if (path == "checkpoint") {
    response.headers.push_back({"Cache-Control", "no-cache"});
  } else {
    response.content_type = "application/octet-stream";
    response.headers.push_back({"Cache-Control", "public, max-age=31536000, immutable"});
  }
  return response;
}

}  // namespace daymark::net
