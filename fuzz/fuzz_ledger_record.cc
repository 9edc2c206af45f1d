// A record that is read is written back to the same bytes; a saved tree that loads is saved back to
// the same bytes.
#include <cstdlib>

#include "daymark/ledger/record.h"
#include "daymark/ledger/sum_tree.h"

namespace {

using namespace daymark;

void require(bool rule) {
  if (!rule) std::abort();
}

void check_record(ByteView input) {
  const auto record = ledger::parse_record(input);
  if (!record) return;
  ByteArray<ledger::record_size_max> buffer{};
  const auto again = ledger::encode(*record, buffer);
  require(again && equal(*again, input));
}

void check_state(ByteView input) {
  const auto tree = ledger::SumTree::load(input, {{990}});
  if (!tree) return;
  ByteArray<ledger::SumTree::state_size_max> buffer{};
  const auto again = tree->save(buffer);
  require(again && equal(*again, input));
  require(tree->head().totals == tree->totals());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  check_record(input);
  check_state(input);
  return 0;
}
