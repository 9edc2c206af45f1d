#include "daymark/order/leaf_file.h"

#include "daymark/cbor/encode.h"
#include "daymark/cbor/reader.h"
#include "daymark/order/errors.h"
#include "daymark/order/fields_internal.h"
#include "daymark/tlog/errors.h"

namespace daymark::order {

Result<LeafFile> parse_leaf_file(ByteView encoded) {
  if (encoded.size() > leaf_file_size_max) return fail(errc::leaf_file_malformed);
  LeafFile out;
  cbor::Reader in(encoded);
  DAYMARK_CHECK(in.enter_array_of(4));
  DAYMARK_TRY(const ByteView leaf, in.read_bytes(1, leaf_size_max, field::licence));
  DAYMARK_TRY(out.index.value, in.read_unsigned(field::leaf_index));
  DAYMARK_TRY(out.size.value, in.read_unsigned(field::tree_size));
  DAYMARK_TRY(const std::size_t nodes, in.enter_array(tlog::path_max, field::path));
  for (std::size_t i = 0; i < nodes; ++i) {
    DAYMARK_TRY(const Digest node, internal::read_digest(in, field::path));
    out.path.push_back(node);
  }
  DAYMARK_CHECK(in.expect_end());
  if (out.index.value >= out.size.value) {
    return fail(errc::leaf_file_malformed, field::leaf_index);
  }
  out.leaf.assign(leaf.begin(), leaf.end());
  return out;
}

std::vector<Byte> print_leaf_file(const LeafFile& file) {
  return cbor::encode([&](cbor::Writer& out) {
    out.open_array(4);
    out.put_bytes(file.leaf);
    out.put_unsigned(file.index.value);
    out.put_unsigned(file.size.value);
    out.open_array(file.path.size());
    for (const Digest& node : file.path)
      out.put_bytes(node);
  });
}

}  // namespace daymark::order
