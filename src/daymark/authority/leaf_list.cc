#include "daymark/authority/leaf_list.h"

#include "daymark/order/leaf.h"

namespace daymark::authority {

Result<LeafList> read_leaf_list(cbor::Reader& in) {
  DAYMARK_TRY(const std::size_t count, in.enter_array(leaf_page_max));
  LeafList out;
  for (std::size_t i = 0; i < count; ++i) {
    DAYMARK_TRY(const ByteView leaf, in.read_bytes(1, order::leaf_size_max));
    out.emplace_back(leaf.begin(), leaf.end());
  }
  return out;
}

void put_leaf_list(cbor::Writer& out, const LeafList& leaves) {
  out.open_array(leaves.size());
  for (const std::vector<Byte>& leaf : leaves)
    out.put_bytes(leaf);
}

}  // namespace daymark::authority
