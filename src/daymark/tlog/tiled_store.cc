#include "daymark/tlog/tiled_store.h"

#include <algorithm>

#include "daymark/base/errors.h"
#include "daymark/tlog/errors.h"

namespace daymark::tlog {

namespace {

const std::string signed_name = "head.signed";
const std::string seen_name = "head.seen";
const std::string published_name = "checkpoint";

/// "tile/0/000.p" for any width of a tile.
std::string partials_of(TileId tile) {
  tile.width = tile_width;
  return tile_path(tile) + ".p";
}

std::vector<ByteView> views_of(std::span<const std::vector<Byte>> entries) {
  return {entries.begin(), entries.end()};
}

Result<std::vector<Byte>> bundle_of(std::span<const ByteView> entries) {
  constexpr std::size_t length_size = 2;
  std::size_t size = 0;
  for (const ByteView entry : entries)
    size += length_size + entry.size();
  if (size > log_append_max) return fail(errc::file_too_large, field::length);
  std::vector<Byte> out;
  out.reserve(size);
  for (const ByteView entry : entries) {
    DAYMARK_CHECK(add_to_bundle(out, entry));
  }
  return out;
}

}  // namespace

Outcome<TiledStore> TiledStore::open(std::unique_ptr<LogDisk> disk, std::string vkey,
                                     Missing missing, std::uint64_t fold_bytes) {
  TiledStore store(std::move(disk), std::move(vkey), fold_bytes);
  DAYMARK_CHECK(store.load(missing));
  return store;
}

Outcome<LeafIndex> TiledStore::append(std::span<const ByteView> entries) {
  if (refusal_) return refuse(*refusal_, seen_name);
  const TreeSize before = tree_.size();
  if (entries.empty()) return LeafIndex{before.value};
  DAYMARK_TRY(const std::vector<Byte> bundle, bundle_of(entries));
  add(entries);
  const Outcome<void> written =
      journal_.add(*disk_, group_record(LeafIndex{before.value}, bundle, tree_.head().root));
  if (!written) {
    truncate(before);
    return std::unexpected(written.error());
  }
  return LeafIndex{before.value};
}

Outcome<void> TiledStore::append_up_to(const TreeHead& head, std::span<const ByteView> entries) {
  if (refusal_) return refuse(*refusal_, seen_name);
  const TreeSize before = tree_.size();
  if (before.value + entries.size() != head.size.value) {
    return refuse(errc::tlog_index, "entries");
  }
  for (const ByteView entry : entries)
    tree_.append(entry);
  const bool leads = tree_.head() == head;
  tree_.truncate(before);
  if (!leads) return refuse(errc::tlog_root, "entries");
  DAYMARK_CHECK(append(entries));
  return {};
}

Outcome<void> TiledStore::settle(std::string_view checkpoint) {
  DAYMARK_TRY(const TreeHead head, checked_head(checkpoint));
  if (head.size != tree_.size()) return refuse(errc::tlog_index, signed_name);
  if (checkpoint == settled_text_) return {};
  // Readers of the head need the tiles, so the tiles come first.
  DAYMARK_CHECK(write_tiles(settled_, head.size));
  DAYMARK_CHECK(journal_.add(*disk_, head_record(checkpoint)));
  settled_ = head.size;
  settled_text_ = checkpoint;
  heads_.push_back(settled_);
  // A failure costs space and no more: the journal holds everything, and the next head tries again.
  if (journal_.bytes() >= fold_bytes_) static_cast<void>(fold());
  return {};
}

Outcome<void> TiledStore::publish(std::string_view checkpoint) {
  DAYMARK_TRY(const TreeHead head, checked_head(checkpoint));
  if (head.size < published_ || head.size > settled_)
    return refuse(errc::tlog_index, published_name);
  DAYMARK_CHECK(disk_->write(published_name, bytes_of(checkpoint)));
  published_ = head.size;
  return {};
}

Outcome<void> TiledStore::check_head(std::string_view checkpoint) {
  DAYMARK_CHECK(checked_head(checkpoint));
  return {};
}

Outcome<TreeHead> TiledStore::checked_head(std::string_view checkpoint) {
  if (refusal_) return refuse(*refusal_, seen_name);
  DAYMARK_TRY(const TreeHead head, head_of(checkpoint));
  const Result<void> same = compare(head);
  if (same) return head;
  refusal_ = same.error().code;
  DAYMARK_CHECK(disk_->write(seen_name, bytes_of(checkpoint)));
  return refuse(*refusal_, seen_name);
}

Outcome<std::vector<Byte>> TiledStore::entry(LeafIndex index) const {
  if (index.value >= tree_.size().value) return refuse(errc::tlog_index, "entry");
  if (index.value >= tail_start_) return tail_[index.value - tail_start_];
  const std::string path = tile_path({.entries = true, .index = index.value / tile_width});
  DAYMARK_TRY(const std::vector<Byte> content, disk_->read(path));
  DAYMARK_TRY(const std::vector<ByteView> entries, about(parse_bundle(content, tile_width), path));
  const ByteView found = entries[index.value % tile_width];
  if (hash_leaf(found) != tree_.full_subtree(0, index.value)) {
    return refuse(errc::log_corrupt, path);
  }
  return std::vector<Byte>(found.begin(), found.end());
}

Outcome<std::vector<Byte>> TiledStore::resource(const std::string& path) const {
  if (path != published_name) {
    DAYMARK_CHECK(about(parse_tile_path(path), path));
  }
  return disk_->read(path);
}

Outcome<TreeHead> TiledStore::head_of(std::string_view checkpoint) const {
  DAYMARK_TRY(const VerifierKey key, parse_vkey(vkey_));
  DAYMARK_TRY(const Checkpoint parsed, parse_checkpoint(checkpoint));
  DAYMARK_CHECK(verify_log_signature(parsed, key));
  return parsed.head;
}

Outcome<void> TiledStore::load(Missing missing) {
  DAYMARK_CHECK(parse_vkey(vkey_));
  if (disk_->exists(signed_name)) {
    DAYMARK_TRY(const std::vector<Byte> content, disk_->read(signed_name));
    settled_text_ = text_of(content);
    DAYMARK_TRY(const TreeHead head, head_of(settled_text_));
    DAYMARK_CHECK(load_bundles(head));
  } else if (missing == Missing::refuse) {
    return refuse(errc::log_missing, signed_name);
  }
  DAYMARK_TRY(const std::vector<std::string> segments, journal_.open(*disk_));
  for (const std::string& path : segments)
    DAYMARK_CHECK(replay_segment(path));
  DAYMARK_CHECK(check_stored_head(published_name));
  DAYMARK_CHECK(check_stored_head(seen_name));
  DAYMARK_CHECK(write_all_tiles());
  // What a killed process left may be whole and not durable.
  return disk_->sync();
}

Outcome<void> TiledStore::load_bundles(const TreeHead& head) {
  for (const TileId& tile : new_tiles({0}, head.size)) {
    if (!tile.entries) continue;
    DAYMARK_CHECK(load_bundle(tile));
  }
  if (tree_.head() != head) return refuse(errc::log_corrupt, signed_name);
  settled_ = folded_ = head.size;
  drop_full_bundles();
  return {};
}

Outcome<void> TiledStore::load_bundle(const TileId& tile) {
  const std::string path = tile_path(tile);
  if (!disk_->exists(path)) return refuse(errc::log_behind, path);
  DAYMARK_TRY(const std::vector<Byte> content, disk_->read(path));
  const Result<std::vector<ByteView>> entries = parse_bundle(content, tile.width);
  if (!entries) return refuse(errc::log_corrupt, path);
  tail_.clear();
  tail_start_ = tile.index * tile_width;
  add(*entries);
  return {};
}

Outcome<void> TiledStore::replay_segment(const std::string& path) {
  DAYMARK_TRY(const std::vector<Byte> content, disk_->read(path));
  bool is_first = true;
  bool is_damaged = false;
  for (const JournalRecord& record : parse_journal(content)) {
    // A segment takes no record after one that failed: this damage is no crash.
    if (is_damaged && record.kind == RecordKind::head && head_of(record.note)) {
      return refuse(errc::log_corrupt, path);
    }
    const bool is_group = record.kind == RecordKind::group;
    // In head.signed already, but the crash came before the segment was removed.
    if (is_damaged || (is_group && record.first.value < folded_.value)) continue;
    const Outcome<bool> whole = replay(record, is_first);
    if (!whole) return refuse(whole.error().error.code, path);
    is_damaged = !*whole;
    is_first = false;
  }
  return {};
}

/// False where the crash damaged the record: it was never acknowledged.
Outcome<bool> TiledStore::replay(const JournalRecord& record, bool is_first) {
  if (record.kind == RecordKind::group) {
    DAYMARK_CHECK(continue_at({record.first.value}, is_first));
    return replay_group(record);
  }
  const Outcome<TreeHead> head = head_of(record.note);
  if (!head) return false;
  if (head->size < folded_) return true;
  DAYMARK_CHECK(continue_at(head->size, is_first));
  if (tree_.head() != *head) return refuse(errc::log_corrupt, signed_name);
  settled_ = head->size;
  settled_text_ = record.note;
  heads_.push_back(settled_);
  return true;
}

Outcome<bool> TiledStore::replay_group(const JournalRecord& group) {
  const Result<std::vector<ByteView>> entries = parse_entries(group.bundle);
  if (!entries) return false;
  const TreeSize before = tree_.size();
  add(*entries);
  const bool whole = tree_.head().root == group.root;
  if (!whole) truncate(before);
  return whole;
}

/// The first record of a segment says what it continues: entries beyond that are of an append that
/// failed, unless a head covers them.
Outcome<void> TiledStore::continue_at(TreeSize size, bool is_first) {
  if (size == tree_.size()) return {};
  const bool drops_failed = is_first && size < tree_.size() && size >= settled_;
  if (!drops_failed) return refuse(errc::log_corrupt, "journal");
  truncate(size);
  return {};
}

Outcome<void> TiledStore::check_stored_head(const std::string& name) {
  if (!disk_->exists(name)) return {};
  DAYMARK_TRY(const std::vector<Byte> content, disk_->read(name));
  DAYMARK_TRY(const TreeHead head, head_of(text_of(content)));
  DAYMARK_CHECK(about(compare(head), name));
  if (name == published_name) published_ = head.size;
  return {};
}

Result<void> TiledStore::compare(const TreeHead& head) const {
  const Result<TreeHead> mine = tree_.head_at(head.size);
  if (!mine) return fail(errc::log_behind, field::tree_size);
  return *mine == head ? ok() : fail(errc::log_forked, field::root);
}

void TiledStore::add(std::span<const ByteView> entries) {
  for (const ByteView entry : entries) {
    tree_.append(entry);
    tail_.emplace_back(entry.begin(), entry.end());
  }
}

void TiledStore::truncate(TreeSize size) {
  tree_.truncate(size);
  tail_.resize(size.value - tail_start_);
}

Result<std::vector<Byte>> TiledStore::content_of(const TileId& tile) const {
  const std::uint64_t first = tile.index * tile_width;
  if (tile.entries) {
    const std::span tail(tail_);
    return bundle_of(views_of(tail.subspan(first - tail_start_, tile.width)));
  }
  std::vector<Byte> out;
  out.reserve(tile.width * sizeof(Digest));
  for (unsigned i = 0; i < tile.width; ++i) {
    const Digest& hash = tree_.full_subtree(8 * tile.level, first + i);
    out.insert(out.end(), hash.begin(), hash.end());
  }
  return out;
}

Outcome<void> TiledStore::write_tiles(TreeSize older, TreeSize newer) {
  for (const TileId& tile : new_tiles(older, newer)) {
    DAYMARK_TRY(const std::vector<Byte> content, content_of(tile));
    DAYMARK_CHECK(disk_->write_soon(tile_path(tile), content));
  }
  return {};
}

/// The tiles of every head that the journal holds: those that are only partial may be published.
Outcome<void> TiledStore::write_all_tiles() {
  TreeSize before = folded_;
  for (const TreeSize size : heads_) {
    DAYMARK_CHECK(write_tiles(before, size));
    before = size;
  }
  return {};
}

/// Makes the tiles durable and starts the journal anew.
Outcome<void> TiledStore::fold() {
  if (tiles_lost_) DAYMARK_CHECK(write_all_tiles());
  tiles_lost_ = true;
  DAYMARK_CHECK(disk_->sync());
  tiles_lost_ = false;
  DAYMARK_CHECK(disk_->write(signed_name, bytes_of(settled_text_)));
  journal_.clear(*disk_);
  remove_partials(folded_);
  folded_ = settled_;
  heads_.clear();
  drop_full_bundles();
  return {};
}

/// What is left behind costs space and no more; the rest is tried again next time.
void TiledStore::remove_partials(TreeSize before) {
  for (const TileId& tile : new_tiles(before, settled_)) {
    if (tile.width == tile_width) removable_.push_back(partials_of(tile));
  }
  std::erase_if(removable_,
                [&](const std::string& name) { return disk_->remove(name).has_value(); });
}

void TiledStore::drop_full_bundles() {
  const std::uint64_t start = folded_.value / tile_width * tile_width;
  const auto count = static_cast<std::ptrdiff_t>(start - tail_start_);
  tail_.erase(tail_.begin(), tail_.begin() + count);
  tail_start_ = start;
}

}  // namespace daymark::tlog
