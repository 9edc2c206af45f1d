// The durable part of a log or of its mirror: entries and tiles in a folder that can be served as
// it is (C2SP tlog-tiles). Host only.
//
//   checkpoint            what readers fetch
//   tile/…                see tiles.h
//   head.signed           a head that the log signed, all of whose tiles are durable
//   head.seen             a head by the log's key that contradicts this folder, if one turned up
//   journal/<number>      what came after head.signed: entries and signed heads, see journal.h
//
// An append is one durable record of its entries. `settle` writes tiles that readers see, but
// leaves it to the system when they reach the disk, and adds the head to the journal: from then on
// it counts as signed. Once the journal is large, the disk is synced, the head goes to head.signed,
// and the journal is removed. A crash at any point leaves a folder that opens with every entry
// whose append returned, and `open` writes again the tiles of each head that the journal holds.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/tlog/checkpoint.h"
#include "daymark/tlog/journal.h"
#include "daymark/tlog/log_disk.h"
#include "daymark/tlog/tiles.h"
#include "daymark/tlog/tree.h"

namespace daymark::tlog {

/// Most bytes of entries that one append takes.
inline constexpr std::size_t log_append_max = 32UL << 20;

/// Bytes of journal from which on tiles are made durable.
inline constexpr std::uint64_t log_fold_bytes = 16UL << 20;

/// Not thread-safe. Keeps all hashes in memory, and the entries that the journal holds.
class TiledStore {
 public:
  /// What to do where no head was ever settled in the folder.
  enum class Missing { refuse, start_empty };

  /// Reads and hashes every entry. `vkey` is the log's; its name is the origin.
  /// Errors: errc::log_missing, errc::log_corrupt, errc::log_behind, errc::log_forked,
  /// errc::note_vkey, those of verify_log_signature and of the disk.
  [[nodiscard]] static Outcome<TiledStore> open(std::unique_ptr<LogDisk> disk, std::string vkey,
                                                Missing missing,
                                                std::uint64_t fold_bytes = log_fold_bytes);

  /// Makes `entries` durable together and returns the index of the first.
  /// Errors: errc::log_entry_size, errc::file_too_large, those of the disk.
  [[nodiscard]] Outcome<LeafIndex> append(std::span<const ByteView> entries);

  /// As append, but only where the tree then has this head. Errors: also errc::tlog_index,
  /// errc::tlog_root.
  [[nodiscard]] Outcome<void> append_up_to(const TreeHead& head, std::span<const ByteView> entries);

  /// Writes tiles and bundles for all entries, then `checkpoint`, which must be a checkpoint of
  /// exactly these, signed by the log. Errors: those of check_head, errc::tlog_index.
  [[nodiscard]] Outcome<void> settle(std::string_view checkpoint);

  /// Makes `checkpoint` what readers fetch: it may bear cosignatures. Errors: those of check_head,
  /// errc::tlog_index where it isn't settled or older than what is published.
  [[nodiscard]] Outcome<void> publish(std::string_view checkpoint);

  /// Checks a checkpoint by the log's key, from whatever source, against this folder. Where it is
  /// larger or contradicts, it is kept, and from then on the folder neither settles nor opens.
  /// Errors: errc::log_behind, errc::log_forked, those of verify_log_signature.
  [[nodiscard]] Outcome<void> check_head(std::string_view checkpoint);

  /// The head of a checkpoint that the log signed. Errors: those of verify_log_signature.
  [[nodiscard]] Outcome<TreeHead> head_of(std::string_view checkpoint) const;

  [[nodiscard]] const Tree& tree() const { return tree_; }

  /// Size of the newest settled head.
  [[nodiscard]] TreeSize settled() const { return settled_; }

  /// Text of the newest settled head; empty before the first.
  [[nodiscard]] const std::string& settled_text() const { return settled_text_; }

  /// Errors: errc::tlog_index, errc::log_corrupt, those of the disk.
  [[nodiscard]] Outcome<std::vector<Byte>> entry(LeafIndex index) const;

  /// Content of "checkpoint" or of a tile's path, for a server. Errors: errc::tile_path,
  /// errc::file_not_opened.
  [[nodiscard]] Outcome<std::vector<Byte>> resource(const std::string& path) const;

 private:
  TiledStore(std::unique_ptr<LogDisk> disk, std::string vkey, std::uint64_t fold_bytes)
      : disk_(std::move(disk)), vkey_(std::move(vkey)), fold_bytes_(fold_bytes) {}

  [[nodiscard]] Outcome<void> load(Missing missing);
  [[nodiscard]] Outcome<void> load_bundles(const TreeHead& head);
  [[nodiscard]] Outcome<void> load_bundle(const TileId& tile);
  [[nodiscard]] Outcome<void> replay_segment(const std::string& path);
  [[nodiscard]] Outcome<bool> replay(const JournalRecord& record, bool is_first);
  [[nodiscard]] Outcome<bool> replay_group(const JournalRecord& group);
  [[nodiscard]] Outcome<void> continue_at(TreeSize size, bool is_first);
  [[nodiscard]] Outcome<TreeHead> checked_head(std::string_view checkpoint);
  [[nodiscard]] Outcome<void> check_stored_head(const std::string& name);
  [[nodiscard]] Result<void> compare(const TreeHead& head) const;
  [[nodiscard]] Outcome<void> write_group(std::span<const ByteView> entries);
  void add(std::span<const ByteView> entries);
  void truncate(TreeSize size);
  [[nodiscard]] Result<std::vector<Byte>> content_of(const TileId& tile) const;
  [[nodiscard]] Outcome<void> write_tiles(TreeSize older, TreeSize newer);
  [[nodiscard]] Outcome<void> write_all_tiles();
  [[nodiscard]] Outcome<void> fold();
  void remove_partials(TreeSize before);
  void drop_full_bundles();

  std::unique_ptr<LogDisk> disk_;
  std::string vkey_;
  std::uint64_t fold_bytes_;
  Tree tree_;
  Journal journal_;
  TreeSize settled_;
  TreeSize folded_;  ///< of the head in head.signed
  TreeSize published_;
  std::string settled_text_;
  /// Sizes of the heads that the journal holds: what was published at one of them needs its tiles.
  std::vector<TreeSize> heads_;
  /// Entries from `tail_start_` on: those that are in no full durable bundle.
  std::vector<std::vector<Byte>> tail_;
  std::uint64_t tail_start_ = 0;
  bool tiles_lost_ = false;  ///< whether a sync failed, so that tiles may not reach the disk
  /// Folders of partial tiles that full ones make superfluous.
  std::vector<std::string> removable_;
  std::optional<Errc> refusal_;
};

}  // namespace daymark::tlog
