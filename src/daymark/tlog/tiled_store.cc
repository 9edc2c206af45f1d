#include "daymark/tlog/tiled_store.h"

#include <algorithm>

#include <fmt/format.h>

#include "daymark/base/errors.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/text_internal.h"

namespace daymark::tlog {

namespace {

const std::string signed_name = "head.signed";
const std::string seen_name = "head.seen";
const std::string published_name = "checkpoint";
const std::string pending_folder = "pending";

std::string pending_name(std::uint64_t start) {
  return fmt::format("{}/{:020}", pending_folder, start);
}

/// The index in a name of the pending folder; nothing for what a crash left half-written.
std::optional<std::uint64_t> index_of(std::string_view name) {
  if (name.size() != 20) return std::nullopt;
  while (name.size() > 1 && name.front() == '0')
    name.remove_prefix(1);
  return parse_decimal(name);
}

/// "tile/0/000.p" for any width of a tile.
std::string partials_of(TileId tile) {
  tile.width = tile_width;
  return tile_path(tile) + ".p";
}

std::vector<ByteView> views_of(std::span<const std::vector<Byte>> entries) {
  return {entries.begin(), entries.end()};
}

Result<std::vector<Byte>> bundle_of(std::span<const ByteView> entries) {
  std::vector<Byte> out;
  for (const ByteView entry : entries) {
    DAYMARK_CHECK(add_to_bundle(out, entry));
  }
  if (out.size() > log_append_max) return fail(errc::file_too_large, field::length);
  return out;
}

}  // namespace

Outcome<TiledStore> TiledStore::open(std::unique_ptr<LogDisk> disk, std::string vkey,
                                     Missing missing) {
  TiledStore store(std::move(disk), std::move(vkey));
  DAYMARK_CHECK(store.load(missing));
  return store;
}

Outcome<LeafIndex> TiledStore::append(std::span<const ByteView> entries) {
  if (refusal_) return refuse(*refusal_, seen_name);
  const LeafIndex first{tree_.size().value};
  DAYMARK_CHECK(write_pending(entries));
  for (const ByteView entry : entries)
    tree_.append(entry);
  remember(entries);
  return first;
}

Outcome<void> TiledStore::append_up_to(const TreeHead& head, std::span<const ByteView> entries) {
  if (refusal_) return refuse(*refusal_, seen_name);
  const TreeSize before = tree_.size();
  if (before.value + entries.size() != head.size.value) {
    return refuse(errc::tlog_index, "entries");
  }
  for (const ByteView entry : entries)
    tree_.append(entry);
  Outcome<void> done;
  if (tree_.head() != head) done = refuse(errc::tlog_root, "entries");
  tree_.truncate(before);
  if (!done) return done;
  DAYMARK_CHECK(append(entries));
  return {};
}

Outcome<void> TiledStore::settle(std::string_view checkpoint) {
  DAYMARK_CHECK(check_head(checkpoint));
  DAYMARK_TRY(const TreeHead head, head_of(checkpoint));
  if (head.size != tree_.size()) return refuse(errc::tlog_index, signed_name);
  // Readers of the head need the tiles, so the tiles come first.
  for (const TileId& tile : new_tiles(settled_, tree_.size())) {
    DAYMARK_TRY(const std::vector<Byte> content, content_of(tile));
    DAYMARK_CHECK(disk_->write(tile_path(tile), content));
  }
  DAYMARK_CHECK(disk_->write(signed_name, bytes_of(checkpoint)));
  const TreeSize before = settled_;
  settled_ = tree_.size();
  settled_text_ = checkpoint;
  clean_up(before);
  drop_full_bundles();
  return {};
}

Outcome<void> TiledStore::publish(std::string_view checkpoint) {
  DAYMARK_CHECK(check_head(checkpoint));
  DAYMARK_TRY(const TreeHead head, head_of(checkpoint));
  if (head.size < published_ || head.size > settled_)
    return refuse(errc::tlog_index, published_name);
  DAYMARK_CHECK(disk_->write(published_name, bytes_of(checkpoint)));
  published_ = head.size;
  return {};
}

Outcome<void> TiledStore::check_head(std::string_view checkpoint) {
  if (refusal_) return refuse(*refusal_, seen_name);
  DAYMARK_TRY(const TreeHead head, head_of(checkpoint));
  const Result<void> same = compare(head);
  if (same) return {};
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
  DAYMARK_CHECK(load_pending());
  DAYMARK_CHECK(check_stored_head(published_name));
  return check_stored_head(seen_name);
}

Outcome<void> TiledStore::load_bundles(const TreeHead& head) {
  for (const TileId& tile : new_tiles({0}, head.size)) {
    if (!tile.entries) continue;
    DAYMARK_CHECK(load_bundle(tile));
  }
  if (tree_.head() != head) return refuse(errc::log_corrupt, signed_name);
  settled_ = head.size;
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
  for (const ByteView entry : *entries)
    tree_.append(entry);
  remember(*entries);
  return {};
}

Outcome<void> TiledStore::load_pending() {
  DAYMARK_TRY(const std::vector<std::string> names, disk_->list(pending_folder));
  for (const std::string& name : names) {
    DAYMARK_CHECK(load_pending_file(name));
  }
  return {};
}

Outcome<void> TiledStore::load_pending_file(const std::string& name) {
  const std::optional<std::uint64_t> start = index_of(name);
  if (!start) return {};
  const std::string path = pending_name(*start);
  DAYMARK_TRY(const std::vector<Byte> content, disk_->read(path));
  const Result<std::vector<ByteView>> entries = parse_entries(content);
  if (!entries) return refuse(errc::log_corrupt, path);
  removable_.push_back(path);
  // Settled already, but the crash came before it was removed.
  if (*start + entries->size() <= settled_.value) return {};
  if (*start != tree_.size().value) return refuse(errc::log_corrupt, path);
  for (const ByteView entry : *entries)
    tree_.append(entry);
  remember(*entries);
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

Outcome<void> TiledStore::write_pending(std::span<const ByteView> entries) {
  if (entries.empty()) return {};
  DAYMARK_TRY(const std::vector<Byte> content, bundle_of(entries));
  const std::string name = pending_name(tree_.size().value);
  DAYMARK_CHECK(disk_->write(name, content));
  removable_.push_back(name);
  return {};
}

void TiledStore::remember(std::span<const ByteView> entries) {
  for (const ByteView entry : entries)
    tail_.emplace_back(entry.begin(), entry.end());
}

Result<std::vector<Byte>> TiledStore::content_of(const TileId& tile) const {
  const std::uint64_t first = tile.index * tile_width;
  if (tile.entries) {
    const std::span tail(tail_);
    return bundle_of(views_of(tail.subspan(first - tail_start_, tile.width)));
  }
  std::vector<Byte> out;
  for (unsigned i = 0; i < tile.width; ++i) {
    const Digest& hash = tree_.full_subtree(8 * tile.level, first + i);
    out.insert(out.end(), hash.begin(), hash.end());
  }
  return out;
}

/// What is left behind costs space and no more: a failure here is no failure of settle, and the
/// rest is tried again next time.
void TiledStore::clean_up(TreeSize before) {
  for (const TileId& tile : new_tiles(before, settled_)) {
    if (tile.width == tile_width) removable_.push_back(partials_of(tile));
  }
  std::erase_if(removable_,
                [&](const std::string& name) { return disk_->remove(name).has_value(); });
}

void TiledStore::drop_full_bundles() {
  const std::uint64_t start = settled_.value / tile_width * tile_width;
  const auto count = static_cast<std::ptrdiff_t>(start - tail_start_);
  tail_.erase(tail_.begin(), tail_.begin() + count);
  tail_start_ = start;
}

}  // namespace daymark::tlog
