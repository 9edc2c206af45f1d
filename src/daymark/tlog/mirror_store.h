// A mirror's copy of a log: the durable folder of tiled_store.h without a log key. Host only.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/tlog/tiled_store.h"
#include "daymark/tlog/witness.h"

namespace daymark::tlog {

/// Takes over entries only where they lead to a head that the log signed. Not thread-safe.
class MirrorStore final : public MirrorArchive {
 public:
  /// Makes the folder where it is missing: a mirror starts empty. Errors: errc::folder_locked and
  /// those of TiledStore::open.
  [[nodiscard]] static Outcome<MirrorStore> open(const std::string& folder,
                                                 const std::string& log_vkey);
  [[nodiscard]] static Outcome<MirrorStore> open_on(std::unique_ptr<LogDisk> disk,
                                                    const std::string& log_vkey,
                                                    std::uint64_t fold_bytes = log_fold_bytes);

  /// Keeps the entries from size() to the size of `checkpoint`, which the log must have signed.
  /// Errors: errc::tlog_index for another number, errc::tlog_root where they lead to another root,
  /// those of verify_log_signature and of the disk.
  [[nodiscard]] Outcome<void> adopt(std::span<const ByteView> entries, std::string_view checkpoint);

  /// Serves `checkpoint`, which bears the mirror's own cosignature. Errors: those of
  /// TiledStore::publish.
  [[nodiscard]] Outcome<void> publish(std::string_view checkpoint) {
    return store_.publish(checkpoint);
  }

  /// Whether all entries of `head` are kept and lead to its root.
  [[nodiscard]] bool stored_through(std::string_view origin, const TreeHead& head) override;

  [[nodiscard]] TreeSize size() const { return store_.tree().size(); }

  /// Errors: those of TiledStore.
  [[nodiscard]] Outcome<std::vector<Byte>> entry(LeafIndex index) const {
    return store_.entry(index);
  }

  [[nodiscard]] Outcome<std::vector<Byte>> resource(const std::string& path) const {
    return store_.resource(path);
  }

 private:
  MirrorStore(TiledStore store, std::string origin)
      : store_(std::move(store)), origin_(std::move(origin)) {}

  TiledStore store_;
  std::string origin_;
  std::optional<FolderLock> lock_;
};

}  // namespace daymark::tlog
