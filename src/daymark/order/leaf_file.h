// A leaf with its way to the batch's root, as it travels to its chip. Host only.
//
//   leaf file = [leaf, index, leaves of the batch, [path…]]
#pragma once

#include <vector>

#include "daymark/order/leaf.h"

namespace daymark::order {

inline constexpr std::size_t leaf_file_size_max = 6144;

struct LeafFile {
  std::vector<Byte> leaf;  ///< encoded; parse_leaf reads it
  LeafIndex index;
  TreeSize size;
  std::vector<Digest> path;  ///< leaf first

  [[nodiscard]] LeafPath where() const { return {index, path}; }
};

/// Form alone; prove_leaf judges leaf and path. Errors: errc::leaf_file_malformed, errc::cbor_*.
[[nodiscard]] Result<LeafFile> parse_leaf_file(ByteView encoded);
[[nodiscard]] std::vector<Byte> print_leaf_file(const LeafFile& file);

}  // namespace daymark::order
