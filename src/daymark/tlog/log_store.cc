#include "daymark/tlog/log_store.h"

#include <array>

#include "daymark/base/errors.h"
#include "daymark/tlog/errors.h"

namespace daymark::tlog {

namespace {

std::string signed_note(const NoteSigner& signer, const TreeHead& head) {
  const std::string body = checkpoint_body(signer.name, head);
  return make_note(body, sign_body(signer, body));
}

bool is_origin(const std::string& name) {
  constexpr std::size_t origin_max = 256;
  return is_key_name(name) && name.size() <= origin_max;
}

}  // namespace

Outcome<LogStore> LogStore::create(const std::string& folder, NoteSigner log) {
  DAYMARK_TRY(FolderLock lock, FolderLock::take(folder));
  DAYMARK_TRY(LogStore out, create_on(std::make_unique<FolderDisk>(folder), std::move(log)));
  out.lock_ = std::move(lock);
  return out;
}

Outcome<LogStore> LogStore::open(const std::string& folder, NoteSigner log) {
  DAYMARK_TRY(FolderLock lock, FolderLock::take(folder));
  DAYMARK_TRY(LogStore out, open_on(std::make_unique<FolderDisk>(folder), std::move(log)));
  out.lock_ = std::move(lock);
  return out;
}

Outcome<LogStore> LogStore::create_on(std::unique_ptr<LogDisk> disk, NoteSigner log,
                                      std::uint64_t fold_bytes) {
  if (!is_origin(log.name)) return refuse(errc::log_origin, log.name);
  for (const char* name : {"head.signed", "checkpoint", "journal", "tile"}) {
    if (disk->exists(name)) return refuse(errc::file_exists, name);
  }
  const std::string first = signed_note(log, {{0}, empty_root()});
  DAYMARK_CHECK(disk->write("head.signed", bytes_of(first)));
  return open_on(std::move(disk), std::move(log), fold_bytes);
}

Outcome<LogStore> LogStore::open_on(std::unique_ptr<LogDisk> disk, NoteSigner log,
                                    std::uint64_t fold_bytes) {
  if (!is_origin(log.name)) return refuse(errc::log_origin, log.name);
  DAYMARK_TRY(TiledStore store, TiledStore::open(std::move(disk), format_vkey(log, type_ed25519),
                                                 TiledStore::Missing::refuse, fold_bytes));
  return LogStore(std::move(store), std::move(log));
}

Outcome<LeafIndex> LogStore::append(std::span<const ByteView> entries) {
  return store_.append(entries);
}

Outcome<LeafIndex> LogStore::append(ByteView entry) {
  const std::array<ByteView, 1> one{entry};
  return append(one);
}

Outcome<std::string> LogStore::sign_checkpoint() {
  // Ed25519 is deterministic: signing one head twice gives one text.
  std::string text = signed_note(signer_, head());
  DAYMARK_CHECK(store_.settle(text));
  return text;
}

Outcome<void> LogStore::publish(std::string_view checkpoint) {
  return store_.publish(checkpoint);
}

Outcome<void> LogStore::note_cosigned_head(std::string_view checkpoint) {
  return store_.check_head(checkpoint);
}

Result<std::string> LogStore::prove(LeafIndex index, std::string_view checkpoint) const {
  DAYMARK_TRY(const Checkpoint parsed, parse_checkpoint(checkpoint));
  DAYMARK_TRY(const std::vector<Digest> path, inclusion_path(index, parsed.head.size));
  return make_proof(index, path, checkpoint);
}

}  // namespace daymark::tlog
