#include "daymark/authority/grant_folder.h"

#include <chrono>
#include <filesystem>
#include <thread>

#include <sys/stat.h>

#include "daymark/authority/errors.h"
#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/log_disk.h"

namespace daymark::authority {

namespace {

constexpr std::size_t grants_size_max = 64UL << 20;

/// A change takes milliseconds: who finds the lock taken waits for its turn.
Outcome<tlog::FolderLock> take_grants_lock(const std::string& folder) {
  constexpr int attempts = 200;
  for (int i = 1;; ++i) {
    Outcome<tlog::FolderLock> lock = tlog::FolderLock::take(folder);
    const bool taken = !lock && lock.error().error.code == errc::folder_locked;
    if (!taken || i == attempts) return lock;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace

Outcome<Grants> GrantFolder::read() const {
  std::error_code ignored;
  if (!std::filesystem::exists(file(), ignored)) return Grants{};
  DAYMARK_TRY(const std::vector<Byte> bytes, read_secret(file(), grants_size_max));
  return about(Grants::parse(text_of(bytes)), file());
}

Outcome<void> GrantFolder::grant(const Grant& grant) const {
  DAYMARK_TRY(const tlog::FolderLock lock, take_grants_lock(folder_));
  DAYMARK_TRY(Grants grants, read());
  DAYMARK_CHECK(about(grants.add(grant), grant.id()));
  return write_text(file(), grants.print(), FileMode::secret);
}

Outcome<void> GrantFolder::revoke(const std::string& id) const {
  DAYMARK_TRY(const tlog::FolderLock lock, take_grants_lock(folder_));
  DAYMARK_TRY(Grants grants, read());
  DAYMARK_CHECK(about(grants.remove(id), id));
  return write_text(file(), grants.print(), FileMode::secret);
}

WatchedGrants::Stamp WatchedGrants::stamp() const {
  struct stat info{};

  if (::stat(folder_.file().c_str(), &info) != 0) return {};
  return {info.st_ino, info.st_size, info.st_ctim.tv_sec * 1'000'000'000 + info.st_ctim.tv_nsec,
          info.st_mode};
}

Outcome<std::shared_ptr<const Grants>> WatchedGrants::current() {
  const std::scoped_lock lock(mutex_);
  // The stamp first: a change in between is seen again the next time.
  const Stamp now = stamp();
  if (seen_ == now) return grants_;
  seen_.reset();
  DAYMARK_TRY(Grants grants, folder_.read());
  grants_ = std::make_shared<const Grants>(std::move(grants));
  seen_ = now;
  return grants_;
}

Outcome<std::string> read_credential(const std::string& path) {
  DAYMARK_TRY(const std::vector<Byte> bytes, read_secret(path));
  std::string_view text = text_of(bytes);
  if (text.ends_with('\n')) text.remove_suffix(1);
  DAYMARK_CHECK(about(credential_hash(text), path));
  return std::string(text);
}

}  // namespace daymark::authority
