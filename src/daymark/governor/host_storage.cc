#include "daymark/governor/host_storage.h"

#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "daymark/base/file.h"
#include "daymark/governor/errors.h"

namespace daymark::governor {

namespace {

constexpr std::size_t counter_text_max = 32;

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

}  // namespace

Outcome<FileStorage> FileStorage::open(const std::string& folder) {
  DAYMARK_CHECK(make_folder(folder));
  std::error_code failed;
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
  const std::string path = folder + "/lock";
  constexpr unsigned owner_only = 0600;
  const int lock = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, owner_only);
  if (lock < 0) return refuse(errc::gov_storage, path);
  FileStorage out(folder, lock);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    return refuse(errc::gov_storage, path, "another governor runs in this folder");
  }
  return out;
}

FileStorage::FileStorage(FileStorage&& other) noexcept
    : folder_(std::move(other.folder_)),
      lock_(std::exchange(other.lock_, -1)),
      index_(other.index_),
      content_(std::move(other.content_)),
      before_(std::move(other.before_)) {}

FileStorage& FileStorage::operator=(FileStorage&& other) noexcept {
  std::swap(folder_, other.folder_);
  std::swap(lock_, other.lock_);
  std::swap(index_, other.index_);
  content_.swap(other.content_);
  before_.swap(other.before_);
  return *this;
}

FileStorage::~FileStorage() {
  if (lock_ >= 0) ::close(lock_);
}

std::string FileStorage::slot_path(unsigned index) const {
  return folder_ + "/slot-" + (index == 0 ? "0" : "1");
}

Result<void> FileStorage::begin(unsigned index) {
  index_ = index;
  before_.swap(content_);
  content_.assign(sizeof(Digest), 0);
  return ok();
}

Result<void> FileStorage::append(ByteView piece) {
  content_.insert(content_.end(), piece.begin(), piece.end());
  return ok();
}

Result<void> FileStorage::finish(const Digest& seal) {
  copy_bytes(seal, content_);
  const auto written = write_file(slot_path(index_), content_, FileMode::secret);
  return written ? ok() : fail(errc::gov_storage);
}

Result<ByteView> FileStorage::load(unsigned index) {
  const std::string path = slot_path(index);
  content_.clear();
  if (!exists(path)) return ByteView();
  auto content = read_file(path, slot_size_max);
  if (!content) return fail(errc::gov_storage);
  content_ = *std::move(content);
  return ByteView(content_);
}

Result<std::uint64_t> FileStorage::counter() {
  if (!exists(counter_path())) return 0;
  const auto text = read_text(counter_path(), counter_text_max);
  if (!text) return fail(errc::gov_storage);
  std::uint64_t value = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, failed] = std::from_chars(text->data(), end, value);
  const bool whole = failed == std::errc() && stop + 1 == end && *stop == '\n';
  return whole ? Result<std::uint64_t>(value) : fail(errc::gov_storage, field::counter);
}

Result<void> FileStorage::advance_counter() {
  DAYMARK_TRY(const std::uint64_t now, counter());
  const auto written = write_text(counter_path(), std::to_string(now + 1) + "\n", FileMode::secret);
  return written ? ok() : fail(errc::gov_storage);
}

}  // namespace daymark::governor
