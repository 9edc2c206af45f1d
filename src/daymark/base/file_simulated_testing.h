// A file system in memory of which each call can fail, and which forgets at a crash what was not
// synced: contents and names alike. For tests.
#pragma once

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "daymark/base/file_calls.h"

namespace daymark::simulated {

/// What a crash does to what was not synced. `torn`: of each file a part, with or without zeros in
/// place of the rest; of each folder some changes and not others.
enum class Unsynced { dropped, kept, torn };

enum class Fault {
  io_error,     ///< EIO; what a failed sync should have written is lost for good
  no_space,     ///< ENOSPC where the call needs space
  read_only,    ///< EROFS where the call changes something
  short_count,  ///< half of a read or write
  short_full,   ///< half of a write, then ENOSPC
  power_cut,    ///< nothing works any more; also a process that was killed
};

/// Strikes at call number `at`, counted from 1.
struct FaultPlan {
  std::size_t at = 0;
  Fault fault = Fault::io_error;
  bool lasts = false;  ///< until `repair`; else one call only
};

/// Copies are independent. Not thread-safe.
class Files final : public FileCalls {
 public:
  Files() : nodes_(1) { nodes_[0].kind = FileKind::folder; }

  /// Counts calls anew and lets `plan` strike.
  void break_at(FaultPlan plan);

  void repair() {
    plan_.reset();
    was_short_ = false;
  }

  [[nodiscard]] std::size_t calls() const { return calls_; }

  /// Whether the planned call was reached.
  [[nodiscard]] bool struck() const { return struck_; }

  /// The power goes and comes back. `seed` chooses what a torn crash keeps.
  void crash(Unsynced unsynced, unsigned seed);

  int open(const std::string& path, int flags) override;
  int open_part(std::string& name) override;
  void close(int file) override;
  ssize_t read(int file, std::span<Byte> into) override;
  ssize_t read_at(int file, std::span<Byte> into, std::uint64_t offset) override;
  ssize_t write(int file, ByteView content) override;
  int set_mode(int file, unsigned mode) override;
  int sync(int file) override;
  int sync_data(int file) override;
  int sync_disk(int file) override;
  int rename(const std::string& from, const std::string& to) override;
  int link(const std::string& from, const std::string& to) override;
  int unlink(const std::string& path) override;
  int make_folder(const std::string& path) override;
  int remove_folder(const std::string& path) override;
  int kind_of(const std::string& path, FileKind& kind) override;
  int list(const std::string& path, std::vector<std::string>& names) override;

 private:
  using NodeId = std::size_t;

  /// One change of a folder, whole or not at all.
  struct Change {
    std::string gone;  ///< may be empty
    std::string name;  ///< may be empty
    NodeId node = 0;
  };

  struct Range {
    std::size_t start;
    std::size_t end;
  };

  struct Node {
    FileKind kind = FileKind::file;
    std::vector<Byte> live;
    std::vector<Byte> durable;
    std::vector<Range> lost;  ///< written, but never to reach the disk
    std::map<std::string, NodeId> names;
    std::map<std::string, NodeId> durable_names;
    std::vector<Change> changes;  ///< of names, not synced
  };

  struct Place {
    NodeId folder;
    std::string name;
  };

  struct Descriptor {
    NodeId node;
    std::size_t offset;
  };

  enum class Effect { reads, changes, needs_space, syncs };

  [[nodiscard]] bool fails(Effect effect);
  [[nodiscard]] bool is_short();
  [[nodiscard]] std::optional<NodeId> find(const std::string& path) const;
  [[nodiscard]] std::optional<Place> place_of(const std::string& path) const;
  [[nodiscard]] int describe(NodeId node);
  [[nodiscard]] std::optional<NodeId> make(const std::string& path, FileKind kind);
  [[nodiscard]] static std::vector<Byte> content_for_disk(const Node& node);
  static void apply(const Change& change, std::map<std::string, NodeId>& names);
  void change(NodeId folder, const Change& change);
  void settle(Node& node);
  static void lose(Node& node);
  static void crash_file(Node& node, Unsynced unsynced, std::mt19937& random);
  static void crash_folder(Node& node, Unsynced unsynced, std::mt19937& random);

  std::vector<Node> nodes_;
  std::map<int, Descriptor> open_;
  int next_file_ = 100;
  unsigned parts_ = 0;
  std::size_t calls_ = 0;
  bool struck_ = false;
  bool was_short_ = false;
  std::optional<FaultPlan> plan_;
};

}  // namespace daymark::simulated
