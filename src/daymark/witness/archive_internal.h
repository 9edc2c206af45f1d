// A mirror's copies of its logs, and how it takes over what is new.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/net/http.h"
#include "daymark/net/http_client.h"
#include "daymark/tlog/mirror_store.h"
#include "daymark/witness/service.h"

namespace daymark::witness {

/// Not thread-safe.
class Archive final : public tlog::MirrorArchive {
 public:
  explicit Archive(Millis fetch_timeout) { limits_.answer_timeout = fetch_timeout; }

  /// Errors: those of MirrorStore::open, errc::note_vkey, errc::witness_no_source.
  [[nodiscard]] Outcome<void> add(const WatchedLog& log, const std::string& folder);

  [[nodiscard]] bool stored_through(std::string_view origin, const tlog::TreeHead& head) override;

  /// Fetches what `checkpoint` has and the copy lacks, and keeps it if it leads to the signed root.
  /// Errors: errc::witness_origin, those of fetch_entries and MirrorStore::adopt.
  [[nodiscard]] Outcome<void> take_over(const tlog::Checkpoint& checkpoint);

  /// Serves `checkpoint` with `cosignature`, which the mirror made. Errors: as take_over.
  [[nodiscard]] Outcome<void> publish(const tlog::Checkpoint& checkpoint,
                                      std::string_view cosignature);

  /// The file behind "/checkpoint", "/tile/…" or "/log/<id>/…".
  [[nodiscard]] net::HttpResponse serve(std::string_view path) const;

 private:
  struct Copy {
    WatchedLog log;
    std::string origin;
    std::string id;
    tlog::MirrorStore store;
  };

  [[nodiscard]] Copy* find(std::string_view origin);

  net::HttpLimits limits_;
  std::vector<std::unique_ptr<Copy>> copies_;
};

}  // namespace daymark::witness
