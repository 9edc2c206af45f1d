#include "daymark/authority/leaf_list.h"

#include <memory>

#include "daymark/cbor/encode.h"
#include "daymark/cbor/reader.h"
#include "daymark/tlog/tree.h"

namespace daymark::authority {

namespace {

constexpr std::size_t leaves_max = 1'000'000;

tlog::Tree tree_of(const LeafList& leaves) {
  tlog::Tree tree(tlog::batch_tree);
  for (const auto& leaf : leaves)
    tree.append(leaf);
  return tree;
}

}  // namespace

Result<LeafList> read_leaf_list(cbor::Reader& in) {
  DAYMARK_TRY(const std::size_t count, in.enter_array(leaves_max));
  LeafList out;
  for (std::size_t i = 0; i < count; ++i) {
    DAYMARK_TRY(const ByteView leaf, in.read_bytes(1, order::leaf_size_max));
    out.emplace_back(leaf.begin(), leaf.end());
  }
  return out;
}

Result<LeafList> parse_leaf_list(ByteView bytes) {
  cbor::Reader reader(bytes);
  DAYMARK_TRY(LeafList out, read_leaf_list(reader));
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

std::vector<Byte> print_leaf_list(const LeafList& leaves) {
  return cbor::encode([&](cbor::Writer& writer) {
    writer.open_array(leaves.size());
    for (const auto& leaf : leaves)
      writer.put_bytes(leaf);
  });
}

Digest leaf_list_root(const LeafList& leaves) {
  return tree_of(leaves).head().root;
}

Result<std::vector<LeafRecord>> leaf_records(const LeafList& leaves) {
  const tlog::Tree tree = tree_of(leaves);
  const auto parsed = std::make_unique<order::Leaf>();
  std::vector<LeafRecord> out;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    DAYMARK_TRY(*parsed, order::parse_leaf(leaves[i]));
    LeafRecord record{
        .chip = parsed->chip, .batch = {}, .leaf = leaves[i], .index = {i}, .path = {}};
    DAYMARK_TRY(record.path, tree.inclusion_path({i}, tree.size()));
    out.push_back(std::move(record));
  }
  return out;
}

}  // namespace daymark::authority
