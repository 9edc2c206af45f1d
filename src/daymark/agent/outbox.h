// What the chip signed and the authority has not taken yet. Host only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/failure.h"

namespace daymark::agent {

/// Receipts wait here in the order in which they were signed. With a folder they outlive the agent:
/// each is a file `NUMBER.receipt` until it was taken. A crash in between has one posted twice,
/// which the authority stores once. Not thread-safe; one agent a folder.
class Outbox {
 public:
  /// In memory alone.
  Outbox() = default;

  /// Makes the folder, and takes up what an agent before left in it. Files of other names stay
  /// untouched. Errors: errc::file_not_written, errc::file_not_opened, errc::file_not_read,
  /// errc::file_too_large.
  [[nodiscard]] static Outcome<Outbox> open(std::string folder);

  /// Keeps a receipt, in memory even where this fails. Errors: errc::file_not_written.
  [[nodiscard]] Outcome<void> add(std::vector<Byte> receipt);

  using Post = std::function<Outcome<void>(ByteView receipt)>;
  /// Offers each, and forgets those taken: one that is not taken holds up no other. Errors: the
  /// last of `post`'s, or errc::file_not_written for a file that can't be removed.
  [[nodiscard]] Outcome<void> send(const Post& post);

  [[nodiscard]] std::size_t size() const { return waiting_.size(); }

 private:
  [[nodiscard]] std::string path_of(std::uint64_t number) const;
  [[nodiscard]] Outcome<void> forget(std::uint64_t number) const;

  std::string folder_;  ///< empty: in memory alone
  std::map<std::uint64_t, std::vector<Byte>> waiting_;
  std::uint64_t next_ = 1;
};

}  // namespace daymark::agent
