#include "daymark/tlog/monitor.h"

#include "daymark/tlog/errors.h"
#include "daymark/tlog/tree.h"

namespace daymark::tlog {

Result<void> verify_log_range(std::span<const std::vector<Byte>> entries, const TreeHead& head) {
  if (entries.size() != head.size.value) return fail(errc::tlog_index, field::tree_size);
  Tree tree;
  for (const std::vector<Byte>& entry : entries)
    tree.append(entry);
  return tree.head() == head ? ok() : fail(errc::tlog_root, field::root);
}

Result<void> verify_same_view(const Checkpoint& a, const Checkpoint& b) {
  const bool comparable = a.origin == b.origin && a.head.size == b.head.size;
  return comparable && a.head.root != b.head.root ? fail(errc::log_split, field::root) : ok();
}

}  // namespace daymark::tlog
