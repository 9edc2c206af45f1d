// The grants of an authority in its folder, and a watch over them for the server. Host only.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "daymark/authority/grants.h"

namespace daymark::authority {

/// DIR/grants/grants.json, of mode 0600. Several processes may change it at once: each takes the
/// folder's lock.
class GrantFolder {
 public:
  /// `authority_folder` is the one of `daymark authority serve --dir`.
  explicit GrantFolder(const std::string& authority_folder)
      : folder_(authority_folder + "/grants") {}

  [[nodiscard]] std::string file() const { return folder_ + "/grants.json"; }

  /// None where no credential was granted yet. Errors: errc::secret_exposed where others may read
  /// the file, those of Grants::parse and read_secret.
  [[nodiscard]] Outcome<Grants> read() const;

  /// Adds a grant. Errors: errc::folder_locked where another process keeps the lock for seconds,
  /// those of read and write_file.
  [[nodiscard]] Outcome<void> grant(const Grant& grant) const;
  /// Errors: as above, errc::authority_grant_unknown.
  [[nodiscard]] Outcome<void> revoke(const std::string& id) const;

 private:
  std::string folder_;
};

/// Reads the folder again when its file has changed: what is granted or revoked holds from the next
/// request on, without a restart.
class WatchedGrants final : public GrantSource {
 public:
  explicit WatchedGrants(GrantFolder folder) : folder_(std::move(folder)) {}

  /// Errors: those of GrantFolder::read; then nobody is let in.
  [[nodiscard]] Outcome<std::shared_ptr<const Grants>> current() override;

 private:
  /// What changes when the file is replaced.
  struct Stamp {
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t changed_ns = 0;
    unsigned mode = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };

  [[nodiscard]] Stamp stamp() const;

  GrantFolder folder_;
  std::mutex mutex_;
  std::optional<Stamp> seen_;
  std::shared_ptr<const Grants> grants_;
};

/// The credential in a file of mode 0600. Errors: those of read_secret,
/// errc::authority_credential_malformed.
[[nodiscard]] Outcome<std::string> read_credential(const std::string& path);

}  // namespace daymark::authority
