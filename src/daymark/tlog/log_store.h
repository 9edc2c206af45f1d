// A log that signs: the durable folder of tiled_store.h with the log's key and a lock. Host only.
//
//   DAYMARK_TRY(LogStore log, LogStore::open("log", {"log.example", key}));
//   DAYMARK_TRY(const LeafIndex index, log.append(entry));         // durable
//   DAYMARK_TRY(const std::string head, log.sign_checkpoint());    // in the tiles and signed
//   DAYMARK_CHECK(log.publish(head_with_cosignatures));            // what readers fetch
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/tlog/note_writer.h"
#include "daymark/tlog/tiled_store.h"

namespace daymark::tlog {

/// Never signs two heads of one size, nor a head that doesn't continue the last: the signed head is
/// on disk before it is returned, and a folder that is behind or beside a head that it signed
/// neither opens nor signs. Not thread-safe.
class LogStore {
 public:
  /// Makes a log of no entries. Starting anew is an act of its own: `open` never does it, for a
  /// log whose folder was lost would sign a second history.
  /// Errors: errc::file_exists where the folder holds a log, errc::log_origin and those of open.
  [[nodiscard]] static Outcome<LogStore> create(const std::string& folder, NoteSigner log);

  /// Errors: errc::folder_locked, errc::log_missing, errc::log_corrupt, errc::log_behind,
  /// errc::log_forked, errc::checkpoint_unsigned for another key.
  [[nodiscard]] static Outcome<LogStore> open(const std::string& folder, NoteSigner log);

  /// The same on another disk, without a lock. `fold_bytes`: see tiled_store.h.
  [[nodiscard]] static Outcome<LogStore> create_on(std::unique_ptr<LogDisk> disk, NoteSigner log,
                                                   std::uint64_t fold_bytes = log_fold_bytes);
  [[nodiscard]] static Outcome<LogStore> open_on(std::unique_ptr<LogDisk> disk, NoteSigner log,
                                                 std::uint64_t fold_bytes = log_fold_bytes);

  /// Durable when it returns; the index of the first entry. A group costs one write: callers that
  /// have several entries at once append them at once.
  /// Errors: errc::log_entry_size, errc::file_too_large, errc::file_not_written.
  [[nodiscard]] Outcome<LeafIndex> append(std::span<const ByteView> entries);
  [[nodiscard]] Outcome<LeafIndex> append(ByteView entry);

  /// Writes the tiles of all entries and signs their head; the same text for the same size.
  /// Errors: errc::log_behind, errc::log_forked, errc::file_not_written.
  [[nodiscard]] Outcome<std::string> sign_checkpoint();

  /// Makes a signed checkpoint, with the cosignatures that were gathered, what readers fetch.
  /// Errors: those of TiledStore::publish.
  [[nodiscard]] Outcome<void> publish(std::string_view checkpoint);

  /// Tells the log of a head under its own signature that a witness or mirror holds. If the log is
  /// behind it or differs, it signs nothing more and doesn't open again.
  /// Errors: errc::log_behind, errc::log_forked, errc::checkpoint_unsigned.
  [[nodiscard]] Outcome<void> note_cosigned_head(std::string_view checkpoint);

  /// Head of all entries, signed or not.
  [[nodiscard]] TreeHead head() const { return store_.tree().head(); }

  [[nodiscard]] TreeSize signed_size() const { return store_.settled(); }

  [[nodiscard]] const std::string& origin() const { return signer_.name; }

  [[nodiscard]] std::string vkey() const { return format_vkey(signer_, type_ed25519); }

  /// Errors: errc::tlog_index, errc::log_corrupt, errc::file_not_read.
  [[nodiscard]] Outcome<std::vector<Byte>> entry(LeafIndex index) const {
    return store_.entry(index);
  }

  /// Errors: errc::tlog_index.
  [[nodiscard]] Result<std::vector<Digest>> inclusion_path(LeafIndex index, TreeSize size) const {
    return store_.tree().inclusion_path(index, size);
  }

  /// Errors: errc::tlog_index.
  [[nodiscard]] Result<std::vector<Digest>> consistency_path(TreeSize older, TreeSize newer) const {
    return store_.tree().consistency_path(older, newer);
  }

  /// A tlog-proof of one entry in the tree of `checkpoint`. Errors: errc::tlog_index, those of
  /// parse_checkpoint.
  [[nodiscard]] Result<std::string> prove(LeafIndex index, std::string_view checkpoint) const;

  /// Content of "checkpoint" or of a tile's path. Errors: errc::tile_path, errc::file_not_opened.
  [[nodiscard]] Outcome<std::vector<Byte>> resource(const std::string& path) const {
    return store_.resource(path);
  }

 private:
  LogStore(TiledStore store, NoteSigner signer)
      : store_(std::move(store)), signer_(std::move(signer)) {}

  TiledStore store_;
  NoteSigner signer_;
  std::optional<FolderLock> lock_;
};

}  // namespace daymark::tlog
