// A disk in memory whose power can be cut, and a reader of served logs. For tests.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daymark/base/errors.h"
#include "daymark/tlog/log_disk.h"
#include "daymark/tlog/monitor.h"
#include "daymark/tlog/tiles.h"
#include "daymark/tlog/tree.h"

namespace daymark::tlog::testing {

/// What outlives a crash. The power goes at the change number `cut_at`, counted from 1: that change
/// reaches the disk only where `cut_keeps` says so, and everything after it fails.
struct Platter {
  std::map<std::string, std::vector<Byte>> files;
  std::size_t changes = 0;
  std::optional<std::size_t> cut_at;
  bool cut_keeps = false;

  [[nodiscard]] bool is_off() const { return cut_at && changes >= *cut_at; }

  void repair() {
    cut_at.reset();
    changes = 0;
  }
};

class MemoryDisk final : public LogDisk {
 public:
  explicit MemoryDisk(std::shared_ptr<Platter> platter) : platter_(std::move(platter)) {}

  Outcome<std::vector<Byte>> read(const std::string& name) override {
    const auto found = platter_->files.find(name);
    if (platter_->is_off() || found == platter_->files.end()) {
      return refuse(errc::file_not_opened, name);
    }
    return found->second;
  }

  Outcome<void> write(const std::string& name, ByteView content) override {
    return change(name, [&] { platter_->files[name] = {content.begin(), content.end()}; });
  }

  Outcome<void> write_soon(const std::string& name, ByteView content) override {
    return write(name, content);
  }

  Outcome<void> append(const std::string& name, ByteView content) override {
    return change(name, [&] {
      std::vector<Byte>& file = platter_->files[name];
      file.insert(file.end(), content.begin(), content.end());
    });
  }

  Outcome<void> sync() override {
    if (platter_->is_off()) return refuse(errc::file_not_written, "disk");
    return {};
  }

  Outcome<void> remove(const std::string& name) override {
    return change(name, [&] {
      std::erase_if(platter_->files, [&](const auto& file) {
        return file.first == name || file.first.starts_with(name + "/");
      });
    });
  }

  Outcome<std::vector<std::string>> list(const std::string& folder) override {
    std::set<std::string> names;
    for (const auto& [name, content] : platter_->files) {
      if (!name.starts_with(folder + "/")) continue;
      const std::string rest = name.substr(folder.size() + 1);
      names.insert(rest.substr(0, rest.find('/')));
    }
    if (platter_->is_off()) return refuse(errc::file_not_read, folder);
    return std::vector<std::string>(names.begin(), names.end());
  }

  bool exists(const std::string& name) override {
    const auto next = platter_->files.lower_bound(name);
    return next != platter_->files.end() &&
           (next->first == name || next->first.starts_with(name + "/"));
  }

 private:
  template <class Effect>
  Outcome<void> change(const std::string& name, Effect effect) {
    if (platter_->is_off()) return refuse(errc::file_not_written, name);
    ++platter_->changes;
    const bool cut = platter_->is_off();
    if (!cut || platter_->cut_keeps) effect();
    if (cut) return refuse(errc::file_not_written, name);
    return {};
  }

  std::shared_ptr<Platter> platter_;
};

/// The content of a tile as a reader fetches it: the full one where the partial one is gone.
inline std::optional<std::vector<Byte>> fetch(LogDisk& disk, TileId tile) {
  auto content = disk.read(tile_path(tile));
  if (content) return *content;
  tile.width = tile_width;
  content = disk.read(tile_path(tile));
  if (content) return *content;
  return std::nullopt;
}

/// Whether the first `tile.width` hashes that are served are the tree's.
inline bool is_served_right(LogDisk& disk, const TileId& tile, const Tree& tree) {
  const auto content = fetch(disk, tile);
  if (!content || content->size() < tile.width * sizeof(Digest)) return false;
  for (unsigned i = 0; i < tile.width; ++i) {
    const ByteView served = ByteView(*content).subspan(i * sizeof(Digest), sizeof(Digest));
    if (!equal(served, tree.full_subtree(8 * tile.level, tile.index * tile_width + i)))
      return false;
  }
  return true;
}

/// The entries of a checkpoint's tree, fetched as a reader of static files does, and checked
/// against its root and against the tiles; nothing where something is missing or wrong.
inline std::optional<std::vector<std::vector<Byte>>> read_served(LogDisk& disk,
                                                                 std::string_view checkpoint) {
  const auto parsed = parse_checkpoint(checkpoint);
  if (!parsed) return std::nullopt;
  std::vector<std::vector<Byte>> entries;
  Tree tree;
  const std::vector<TileId> tiles = new_tiles({0}, parsed->head.size);
  for (const TileId& tile : tiles) {
    if (!tile.entries) continue;
    const auto content = fetch(disk, tile);
    const auto bundle = content ? parse_entries(*content) : fail(errc::file_not_read);
    if (!bundle || bundle->size() < tile.width) return std::nullopt;
    for (const ByteView entry : std::span(*bundle).first(tile.width)) {
      entries.emplace_back(entry.begin(), entry.end());
      tree.append(entry);
    }
  }
  if (!verify_log_range(entries, parsed->head)) return std::nullopt;
  for (const TileId& tile : tiles)
    if (!tile.entries && !is_served_right(disk, tile, tree)) return std::nullopt;
  return entries;
}

/// A folder that goes away with its test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "daymark-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }

  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace daymark::tlog::testing
