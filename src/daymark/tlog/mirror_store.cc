#include "daymark/tlog/mirror_store.h"

#include "daymark/tlog/errors.h"

namespace daymark::tlog {

Outcome<MirrorStore> MirrorStore::open(const std::string& folder, const std::string& log_vkey) {
  DAYMARK_TRY(FolderLock lock, FolderLock::take(folder));
  DAYMARK_TRY(MirrorStore out, open_on(std::make_unique<FolderDisk>(folder), log_vkey));
  out.lock_ = std::move(lock);
  return out;
}

Outcome<MirrorStore> MirrorStore::open_on(std::unique_ptr<LogDisk> disk,
                                          const std::string& log_vkey, std::uint64_t fold_bytes) {
  DAYMARK_TRY(const VerifierKey key, parse_vkey(log_vkey));
  DAYMARK_TRY(TiledStore store, TiledStore::open(std::move(disk), log_vkey,
                                                 TiledStore::Missing::start_empty, fold_bytes));
  return MirrorStore(std::move(store), std::string(key.name));
}

Outcome<void> MirrorStore::adopt(std::span<const ByteView> entries, std::string_view checkpoint) {
  DAYMARK_TRY(const TreeHead head, store_.head_of(checkpoint));
  DAYMARK_CHECK(store_.append_up_to(head, entries));
  return store_.settle(checkpoint);
}

bool MirrorStore::stored_through(std::string_view origin, const TreeHead& head) {
  if (origin != origin_ || head.size > store_.settled()) return false;
  const Result<TreeHead> mine = store_.tree().head_at(head.size);
  return mine && *mine == head;
}

}  // namespace daymark::tlog
