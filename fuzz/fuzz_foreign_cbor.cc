// A tree of foreign CBOR exists exactly for what the checker accepts; its items lie in one another
// in order, and its memory is bounded by the input.
#include <cstdlib>

#include "daymark/evidence/tokens/cbor_tree.h"
#include "daymark/evidence/tokens/eat_claims.h"
#include "daymark/evidence/tokens/eat_psa.h"

namespace {

using namespace daymark;
using evidence::CborItem;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Walks an item and returns where its last part ends.
std::size_t walk(const CborItem& item) {
  std::size_t at = item.offset();
  const std::size_t end = at + item.raw().size();
  const auto step = [&](const CborItem& part) {
    require(part.offset() >= at);
    at = walk(part);
    require(at <= end);
  };
  if (const auto items = item.items()) {
    for (const CborItem& part : *items)
      step(part);
  }
  if (const auto pairs = item.pairs()) {
    for (const evidence::CborPair& pair : *pairs) {
      step(pair.key);
      step(pair.value);
      const auto key = pair.key.integer();
      require(!key || item.find(*key)->offset() == pair.value.offset());
    }
  }
  if (item.is(cbor::Type::tag)) step(item.content());
  return end;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  const auto tree = evidence::CborTree::parse(input);
  require(tree.has_value() == cbor::check_item(input, cbor::Profile::foreign).has_value());
  if (!tree) return 0;
  require(walk(tree->root()) == size);
  require(tree->memory() <= 64 * size + 64);
  (void)evidence::read_eat(*tree);
  if (const auto psa = evidence::read_psa(*tree)) {
    require(evidence::is_psa(*tree));
    require(psa->instance.size() == 33 && psa->implementation.size() == 32);
    require(!evidence::lifecycle_name(psa->lifecycle).empty());
  }
  return 0;
}
