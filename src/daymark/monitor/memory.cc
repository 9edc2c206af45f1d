#include "daymark/monitor/memory.h"

#include <charconv>

#include <fmt/format.h>

#include "daymark/base/hex.h"
#include "daymark/monitor/errors.h"
#include "daymark/tlog/tiles.h"

namespace daymark::monitor {

namespace {

constexpr const char* examined_name = "examined";
constexpr const char* shown_name = "shown";

}  // namespace

Outcome<Memory> Memory::open(const std::string& folder, const std::string& vkey) {
  DAYMARK_TRY(tlog::FolderLock lock, tlog::FolderLock::take(folder));
  DAYMARK_TRY(Memory out, open_on(std::make_unique<tlog::FolderDisk>(folder),
                                  std::make_unique<tlog::FolderDisk>(folder + "/log"), vkey));
  out.lock_ = std::move(lock);
  return out;
}

Outcome<Memory> Memory::open_on(std::unique_ptr<tlog::LogDisk> disk,
                                std::unique_ptr<tlog::LogDisk> log_disk, const std::string& vkey) {
  Memory out(std::move(disk));
  if (!vkey.empty()) {
    DAYMARK_TRY(tlog::MirrorStore log, tlog::MirrorStore::open_on(std::move(log_disk), vkey));
    out.log_ = std::make_unique<tlog::MirrorStore>(std::move(log));
  }
  DAYMARK_TRY(const auto alarms, out.disk_->list("alarms"));
  out.alarms_ = alarms.size();
  return out;
}

Outcome<std::string> Memory::text(const std::string& name) const {
  if (!disk_->exists(name)) return std::string{};
  DAYMARK_TRY(const std::vector<Byte> content, disk_->read(name));
  return std::string(text_of(content));
}

Outcome<std::vector<std::string>> Memory::heads() const {
  std::vector<std::string> out;
  DAYMARK_TRY(const auto names, disk_->list("heads"));
  for (const std::string& name : names) {
    DAYMARK_TRY(std::string note, text("heads/" + name));
    out.push_back(std::move(note));
  }
  return out;
}

Outcome<void> Memory::add_head(const tlog::TreeHead& head, const std::string& note) {
  const std::string root = to_hex(ByteView(head.root).first(8));
  return disk_->write(fmt::format("heads/{:020}-{}", head.size.value, root), bytes_of(note));
}

Outcome<std::string> Memory::shown() const {
  return text(shown_name);
}

Outcome<void> Memory::set_shown(const std::string& note) {
  return disk_->write(shown_name, bytes_of(note));
}

Outcome<std::uint64_t> Memory::examined() const {
  DAYMARK_TRY(const std::string digits, text(examined_name));
  std::uint64_t out = 0;
  if (digits.empty()) return out;
  const char* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, out);
  const bool sound = parsed.ec == std::errc{} && parsed.ptr == end && out <= size().value;
  if (!sound) return refuse(errc::monitor_state, examined_name);
  return out;
}

Outcome<void> Memory::set_examined(std::uint64_t entries) {
  return disk_->write(examined_name, bytes_of(std::to_string(entries)));
}

Outcome<void> Memory::add_alarm(const std::string& json) {
  DAYMARK_CHECK(disk_->write(fmt::format("alarms/{:08}", alarms_ + 1), bytes_of(json + "\n")));
  ++alarms_;
  return {};
}

Outcome<std::vector<std::vector<Byte>>> Memory::entries() const {
  std::vector<std::vector<Byte>> out;
  for (const tlog::TileId& tile : tlog::new_tiles({0}, size())) {
    if (!tile.entries) continue;
    DAYMARK_TRY(const std::vector<Byte> bundle, log_->resource(tlog::tile_path(tile)));
    DAYMARK_TRY(const auto views, about(tlog::parse_bundle(bundle, tile.width), "log"));
    for (const ByteView entry : views)
      out.emplace_back(entry.begin(), entry.end());
  }
  return out;
}

Outcome<void> Memory::adopt(const std::vector<std::vector<Byte>>& entries,
                            const std::string& checkpoint) {
  const std::vector<ByteView> views(entries.begin(), entries.end());
  return log_->adopt(views, checkpoint);
}

}  // namespace daymark::monitor
