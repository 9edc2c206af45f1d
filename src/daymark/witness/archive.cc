#include <algorithm>

#include "daymark/net/log_client.h"
#include "daymark/net/log_files.h"
#include "daymark/net/url.h"
#include "daymark/tlog/errors.h"
#include "daymark/witness/archive_internal.h"
#include "daymark/witness/errors.h"

namespace daymark::witness {

namespace {

/// The log's own signatures only: a request may carry up to 16 lines of anybody.
std::string signed_text(const tlog::Checkpoint& checkpoint, const tlog::VerifierKey& key,
                        std::string_view more) {
  std::string lines;
  for (std::size_t i = 0; i < checkpoint.note.signature_count; ++i) {
    const tlog::NoteSignature& line = checkpoint.note.signatures[i];
    if (line.name != key.name || line.hash != key.hash) continue;
    lines += std::string("— ").append(line.name).append(" ").append(line.base64).append("\n");
  }
  return tlog::make_note(checkpoint.note.body, lines.append(more));
}

/// "/log/<id>/tile/0/000" gives id and "/tile/0/000".
struct LogPath {
  std::string_view id;
  std::string_view rest;
};

LogPath split(std::string_view path) {
  constexpr std::string_view prefix = "/log/";
  if (!path.starts_with(prefix)) return {"", path};
  path.remove_prefix(prefix.size());
  const std::size_t slash = std::min(path.find('/'), path.size());
  return {path.substr(0, slash), path.substr(slash)};
}

}  // namespace

Outcome<void> Archive::add(const WatchedLog& log, const std::string& folder) {
  DAYMARK_TRY(const tlog::VerifierKey key, about(tlog::parse_vkey(log.vkey), log.vkey));
  const std::string origin(key.name);
  if (log.url.empty()) return refuse(errc::witness_no_source, origin);
  DAYMARK_CHECK(about(net::parse_url(log.url), log.url));
  const std::string id = log_id(origin);
  DAYMARK_TRY(tlog::MirrorStore store, tlog::MirrorStore::open(folder + "/log-" + id, log.vkey));
  copies_.push_back(std::make_unique<Copy>(Copy{log, origin, id, std::move(store)}));
  return {};
}

Archive::Copy* Archive::find(std::string_view origin) {
  const auto found =
      std::ranges::find_if(copies_, [origin](const auto& copy) { return copy->origin == origin; });
  return found == copies_.end() ? nullptr : found->get();
}

bool Archive::stored_through(std::string_view origin, const tlog::TreeHead& head) {
  Copy* const copy = find(origin);
  return copy != nullptr && copy->store.stored_through(origin, head);
}

Outcome<void> Archive::take_over(const tlog::Checkpoint& checkpoint) {
  Copy* const copy = find(checkpoint.origin);
  if (copy == nullptr) return refuse(errc::witness_origin, std::string(checkpoint.origin));
  DAYMARK_TRY(const tlog::VerifierKey key, about(tlog::parse_vkey(copy->log.vkey), copy->origin));
  DAYMARK_TRY(
      const auto entries,
      net::fetch_entries(copy->log.url, {copy->store.size(), checkpoint.head.size}, limits_));
  const std::vector<ByteView> views(entries.begin(), entries.end());
  return copy->store.adopt(views, signed_text(checkpoint, key, ""));
}

Outcome<void> Archive::publish(const tlog::Checkpoint& checkpoint, std::string_view cosignature) {
  Copy* const copy = find(checkpoint.origin);
  if (copy == nullptr) return refuse(errc::witness_origin, std::string(checkpoint.origin));
  DAYMARK_TRY(const tlog::VerifierKey key, about(tlog::parse_vkey(copy->log.vkey), copy->origin));
  return copy->store.publish(signed_text(checkpoint, key, cosignature));
}

net::HttpResponse Archive::serve(std::string_view path) const {
  const LogPath parts = split(path);
  for (const auto& copy : copies_) {
    if (!parts.id.empty() && copy->id != parts.id) continue;
    return net::log_response(
        parts.rest, [&copy](const std::string& name) { return copy->store.resource(name); });
  }
  return net::text_response(404, "Not found.");
}

}  // namespace daymark::witness
