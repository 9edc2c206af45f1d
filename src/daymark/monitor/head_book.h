// Every head of a log that a monitor has seen, from whatever source, compared with all others.
// Host only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daymark/monitor/alarm.h"
#include "daymark/monitor/lawful.h"
#include "daymark/tlog/checkpoint.h"
#include "daymark/tlog/proof.h"
#include "daymark/tlog/tree.h"

namespace daymark::monitor {

/// A head that the log, a witness or a mirror signed: whoever signed two that contradict each other
/// is caught by the two texts alone.
struct KnownHead {
  std::string text;    ///< the whole note
  std::string source;  ///< URL or file that it came from
  std::string origin;
  tlog::TreeHead head;
  bool by_log = false;  ///< signed by the log itself
  /// When the witness quorum stood (PROTOCOL §2.5); nothing where it does not.
  std::optional<UnixMillis> witnessed_at = std::nullopt;
  bool mirrored = false;  ///< the mirrors' quorum stands
};

/// Heads of one log. Not thread-safe.
class HeadBook {
 public:
  /// Whose signatures make a head count: the logs, witnesses and mirrors of these policies, which
  /// must outlive the book. Without log lines the first head's origin is followed, and cosignatures
  /// alone make a head count.
  explicit HeadBook(tlog::LogTrust trust) : trust_(trust) {}

  /// The policies of an amended charter.
  void trust(tlog::LogTrust trust) { trust_ = trust; }

  /// Who signed `text`. Errors: those of parse_checkpoint, errc::proof_log_unknown for another log,
  /// errc::note_signature where a known key's signature fails, errc::checkpoint_unsigned where no
  /// known key signed.
  [[nodiscard]] Result<KnownHead> authenticate(const std::string& text,
                                               const std::string& source) const;

  /// Keeps `head` and compares it with all heads of its size, and with `tree`, which holds what
  /// was verified before, if it is not larger. A head that is known already says nothing new.
  [[nodiscard]] std::vector<Alarm> add(KnownHead head, const tlog::Tree& tree);

  /// Compares the heads that were too large before with a tree that has grown: each pair of heads
  /// that lie within the tree is consistent exactly if both are heads of it.
  [[nodiscard]] std::vector<Alarm> compare(const tlog::Tree& tree, TreeSize before);

  /// The newest head beyond `size`, if there is one.
  [[nodiscard]] const KnownHead* beyond(TreeSize size) const;

  [[nodiscard]] bool contains(const tlog::TreeHead& head) const;

  [[nodiscard]] const std::vector<KnownHead>& heads() const { return heads_; }

  /// When entry `index` of `tree` was logged, as far as the heads that the tree confirms tell.
  [[nodiscard]] LoggedSpan logged(LeafIndex index, const tlog::Tree& tree) const;

  /// The largest head that `tree` confirms.
  [[nodiscard]] const KnownHead* newest_of(const tlog::Tree& tree) const;

 private:
  [[nodiscard]] std::optional<Alarm> judge(const KnownHead& head, const tlog::Tree& tree) const;

  tlog::LogTrust trust_;
  std::vector<KnownHead> heads_;
};

}  // namespace daymark::monitor
