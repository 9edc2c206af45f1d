#include "daymark/base/file_simulated_testing.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>

namespace daymark::simulated {

namespace {

int failed(int error) {
  errno = error;
  return -1;
}

}  // namespace

void Files::break_at(FaultPlan plan) {
  plan_ = plan;
  calls_ = 0;
  struck_ = was_short_ = false;
}

/// Counts the call; true where it fails, with errno set.
bool Files::fails(Effect effect) {
  ++calls_;
  const bool strikes = plan_ && (calls_ == plan_->at || (calls_ > plan_->at && plan_->lasts));
  const bool full = was_short_ && effect == Effect::needs_space;
  struck_ = struck_ || strikes;
  was_short_ = was_short_ && !full;
  errno = ENOSPC;
  if (full) return true;
  if (!strikes) return false;
  switch (plan_->fault) {
    case Fault::io_error:
    case Fault::power_cut: errno = EIO; return true;
    case Fault::no_space: return effect == Effect::needs_space;
    case Fault::read_only:
      errno = EROFS;
      return effect == Effect::changes || effect == Effect::needs_space;
    case Fault::short_count:
    case Fault::short_full: return false;
  }
  return false;
}

/// Whether the call that was just counted gives a short count.
bool Files::is_short() {
  const bool strikes = plan_ && (calls_ == plan_->at || (calls_ > plan_->at && plan_->lasts));
  if (!strikes) return false;
  was_short_ = plan_->fault == Fault::short_full;
  return was_short_ || plan_->fault == Fault::short_count;
}

void Files::crash(Unsynced unsynced, unsigned seed) {
  std::mt19937 random(seed);
  for (Node& node : nodes_) {
    if (node.kind == FileKind::file) {
      crash_file(node, unsynced, random);
    } else {
      crash_folder(node, unsynced, random);
    }
  }
  open_.clear();
  repair();
}

void Files::crash_file(Node& node, Unsynced unsynced, std::mt19937& random) {
  std::vector<Byte> written = content_for_disk(node);
  if (unsynced == Unsynced::dropped) written = node.durable;
  if (unsynced == Unsynced::torn && written.size() > node.durable.size()) {
    const std::size_t whole = written.size();
    written.resize(node.durable.size() + random() % (whole - node.durable.size() + 1));
    if (random() % 2 == 0) written.resize(whole);
  }
  node.live = node.durable = written;
  node.lost.clear();
}

void Files::crash_folder(Node& node, Unsynced unsynced, std::mt19937& random) {
  for (const Change& change : node.changes) {
    const bool kept =
        unsynced == Unsynced::kept || (unsynced == Unsynced::torn && random() % 2 == 0);
    if (kept) apply(change, node.durable_names);
  }
  node.changes.clear();
  node.names = node.durable_names;
}

void Files::apply(const Change& change, std::map<std::string, NodeId>& names) {
  if (!change.gone.empty()) names.erase(change.gone);
  if (!change.name.empty()) names[change.name] = change.node;
}

void Files::change(NodeId folder, const Change& change) {
  apply(change, nodes_[folder].names);
  nodes_[folder].changes.push_back(change);
}

std::vector<Byte> Files::content_for_disk(const Node& node) {
  std::vector<Byte> out = node.live;
  for (const Range& range : node.lost)
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(range.start),
              out.begin() + static_cast<std::ptrdiff_t>(range.end), Byte{0});
  return out;
}

void Files::settle(Node& node) {
  node.durable = content_for_disk(node);
  for (const Change& change : node.changes)
    apply(change, node.durable_names);
  node.changes.clear();
}

/// A failed sync: the system takes the pages for clean and never writes them (Linux).
void Files::lose(Node& node) {
  if (node.live.size() > node.durable.size()) {
    node.lost.push_back({node.durable.size(), node.live.size()});
  }
}

std::optional<Files::NodeId> Files::find(const std::string& path) const {
  NodeId at = 0;
  std::size_t start = 0;
  while (start < path.size()) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const std::string name = path.substr(start, end - start);
    start = end + 1;
    if (name.empty() || name == ".") continue;
    const auto found = nodes_[at].names.find(name);
    if (found == nodes_[at].names.end()) return std::nullopt;
    at = found->second;
  }
  return at;
}

std::optional<Files::Place> Files::place_of(const std::string& path) const {
  const std::size_t slash = path.rfind('/');
  const bool bare = slash == std::string::npos;
  const auto folder = find(bare ? "." : path.substr(0, slash));
  if (!folder || nodes_[*folder].kind != FileKind::folder) return std::nullopt;
  return Place{*folder, bare ? path : path.substr(slash + 1)};
}

std::optional<Files::NodeId> Files::make(const std::string& path, FileKind kind) {
  const auto place = place_of(path);
  if (!place) return std::nullopt;
  nodes_.emplace_back().kind = kind;
  change(place->folder, {"", place->name, nodes_.size() - 1});
  return nodes_.size() - 1;
}

int Files::describe(NodeId node) {
  open_[++next_file_] = {node, 0};
  return next_file_;
}

int Files::open(const std::string& path, int flags) {
  auto found = find(path);
  const bool makes = !found && (flags & O_CREAT) != 0;
  if (fails(makes ? Effect::needs_space : Effect::reads)) return -1;
  if (makes) found = make(path, FileKind::file);
  return found ? describe(*found) : failed(ENOENT);
}

int Files::open_part(std::string& name) {
  if (fails(Effect::needs_space)) return -1;
  name.replace(name.rfind("XXXXXX"), 6, fmt::format("{:06}", ++parts_));
  const auto made = make(name, FileKind::file);
  return made ? describe(*made) : failed(ENOENT);
}

void Files::close(int file) {
  open_.erase(file);
}

ssize_t Files::read(int file, std::span<Byte> into) {
  Descriptor& at = open_.at(file);
  const ssize_t count = read_at(file, into, at.offset);
  if (count > 0) at.offset += static_cast<std::size_t>(count);
  return count;
}

ssize_t Files::read_at(int file, std::span<Byte> into, std::uint64_t offset) {
  if (fails(Effect::reads)) return -1;
  const Node& node = nodes_[open_.at(file).node];
  if (node.kind == FileKind::folder) return failed(EISDIR);
  const std::size_t start = std::min<std::size_t>(offset, node.live.size());
  std::size_t count = std::min(into.size(), node.live.size() - start);
  if (is_short() && count > 1) count /= 2;
  const ByteView content(node.live);
  std::ranges::copy(content.subspan(start, count), into.begin());
  return static_cast<ssize_t>(count);
}

ssize_t Files::write(int file, ByteView content) {
  if (fails(Effect::needs_space)) return -1;
  const std::size_t count = is_short() && content.size() > 1 ? content.size() / 2 : content.size();
  std::vector<Byte>& live = nodes_[open_.at(file).node].live;
  const ByteView put = content.first(count);
  live.insert(live.end(), put.begin(), put.end());
  return static_cast<ssize_t>(count);
}

int Files::set_mode(int file, unsigned /*mode*/) {
  return fails(Effect::changes) || !open_.contains(file) ? -1 : 0;
}

int Files::sync(int file) {
  Node& node = nodes_[open_.at(file).node];
  if (fails(Effect::syncs)) {
    if (plan_->fault == Fault::io_error) lose(node);
    return -1;
  }
  settle(node);
  return 0;
}

int Files::sync_data(int file) {
  return sync(file);
}

int Files::sync_disk(int /*file*/) {
  const bool failing = fails(Effect::syncs);
  for (Node& node : nodes_) {
    if (!failing) settle(node);
    if (failing && plan_->fault == Fault::io_error) lose(node);
  }
  return failing ? -1 : 0;
}

int Files::rename(const std::string& from, const std::string& to) {
  if (fails(Effect::changes)) return -1;
  const auto source = place_of(from);
  const auto target = place_of(to);
  const auto node = find(from);
  if (!node || !source || !target || source->folder != target->folder) return failed(ENOENT);
  change(source->folder, {source->name, target->name, *node});
  return 0;
}

int Files::link(const std::string& from, const std::string& to) {
  if (fails(Effect::needs_space)) return -1;
  const auto target = place_of(to);
  const auto node = find(from);
  if (!node || !target) return failed(ENOENT);
  if (find(to)) return failed(EEXIST);
  change(target->folder, {"", target->name, *node});
  return 0;
}

int Files::unlink(const std::string& path) {
  if (fails(Effect::changes)) return -1;
  const auto place = place_of(path);
  if (!place || !find(path)) return failed(ENOENT);
  change(place->folder, {place->name, "", 0});
  return 0;
}

int Files::make_folder(const std::string& path) {
  if (fails(Effect::needs_space)) return -1;
  if (find(path)) return failed(EEXIST);
  return make(path, FileKind::folder) ? 0 : failed(ENOENT);
}

int Files::remove_folder(const std::string& path) {
  if (fails(Effect::changes)) return -1;
  const auto node = find(path);
  if (!node) return failed(ENOENT);
  if (!nodes_[*node].names.empty()) return failed(ENOTEMPTY);
  const auto place = place_of(path);
  change(place->folder, {place->name, "", 0});
  return 0;
}

int Files::kind_of(const std::string& path, FileKind& kind) {
  if (fails(Effect::reads)) return -1;
  const auto node = find(path);
  if (!node) return failed(ENOENT);
  kind = nodes_[*node].kind;
  return 0;
}

int Files::list(const std::string& path, std::vector<std::string>& names) {
  if (fails(Effect::reads)) return -1;
  const auto node = find(path);
  if (!node) return failed(ENOENT);
  for (const auto& [name, id] : nodes_[*node].names)
    names.push_back(name);
  return 0;
}

}  // namespace daymark::simulated
