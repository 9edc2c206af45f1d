// Records of a journal that are read are the segment's own bytes from its start: written one after
// the other they give the segment back, up to a record that is not whole in form.
#include <algorithm>
#include <cstdlib>

#include "daymark/tlog/journal.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark;
  const ByteView segment{data, size};
  std::vector<Byte> written;
  for (const tlog::JournalRecord& record : tlog::parse_journal(segment)) {
    const std::vector<Byte> bytes =
        record.kind == tlog::RecordKind::head
            ? tlog::head_record(record.note)
            : tlog::group_record(record.first, record.bundle, record.root);
    written.insert(written.end(), bytes.begin(), bytes.end());
  }
  if (written.size() > size) std::abort();
  if (!std::ranges::equal(written, segment.first(written.size()))) std::abort();
  // What is left starts no record that is whole.
  if (!tlog::parse_journal(segment.subspan(written.size())).empty()) std::abort();
  return 0;
}
