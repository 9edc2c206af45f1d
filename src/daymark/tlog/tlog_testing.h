// Helpers of this module's tests: a naive second implementation, keys, vectors.
#pragma once

#include <bit>
#include <string>
#include <vector>

#include "daymark/crypto/ports.h"
#include "daymark/tlog/merkle.h"
#include "daymark/tlog/note_writer.h"

namespace daymark::tlog::testing {

/// Path of a file of tests/vectors/tlog.
inline std::string vector_path(const std::string& name) {
  return std::string(DAYMARK_SOURCE_DIR) + "/tests/vectors/tlog/" + name;
}

/// The words "leaf 0", "leaf 1" and so on, hashed.
inline std::vector<Digest> leaves_of(std::size_t count) {
  std::vector<Digest> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(hash_leaf(bytes_of("leaf " + std::to_string(i))));
  return out;
}

/// RFC 6962 §2.1 word for word: recursive and slow.
class Reference {
 public:
  explicit Reference(std::vector<Digest> leaves) : leaves_(std::move(leaves)) {}

  [[nodiscard]] Digest root(std::size_t start, std::size_t end) const {
    if (start == end) return crypto::sha256(ByteView{});
    if (end - start == 1) return leaves_[start];
    const std::size_t split = start + std::bit_floor(end - start - 1);
    std::vector<Byte> node{0x01};
    for (const Digest& child : {root(start, split), root(split, end)})
      node.insert(node.end(), child.begin(), child.end());
    return crypto::sha256(node);
  }

  [[nodiscard]] std::vector<Digest> inclusion_path(std::size_t index, std::size_t start,
                                                   std::size_t end) const {
    if (end - start == 1) return {};
    const std::size_t split = start + std::bit_floor(end - start - 1);
    const bool left = index < split;
    auto path = left ? inclusion_path(index, start, split) : inclusion_path(index, split, end);
    path.push_back(left ? root(split, end) : root(start, split));
    return path;
  }

  /// From the subtree [start, end) to the tree of `size` leaves; start 0 is RFC 6962 §2.1.2.
  [[nodiscard]] std::vector<Digest> consistency_path(std::size_t start, std::size_t end,
                                                     std::size_t size) const {
    return subproof({start, end}, {0, size}, true);
  }

 private:
  struct Range {
    std::size_t start;
    std::size_t end;
  };

  [[nodiscard]] std::vector<Digest> subproof(Range part, Range tree, bool known) const {
    if (part.start == tree.start && part.end == tree.end) {
      return known ? std::vector<Digest>{} : std::vector<Digest>{root(part.start, part.end)};
    }
    const std::size_t split = tree.start + std::bit_floor(tree.end - tree.start - 1);
    std::vector<Digest> path;
    if (part.end <= split) {
      path = subproof(part, {tree.start, split}, known);
      path.push_back(root(split, tree.end));
      return path;
    }
    const bool spans = part.start < split;
    const Range rest{spans ? split : part.start, part.end};
    path = subproof(rest, {split, tree.end}, known && !spans);
    path.push_back(root(tree.start, split));
    return path;
  }

  std::vector<Digest> leaves_;
};

/// A key that is the same in every run.
inline crypto::SecretKey secret_of(Byte number) {
  crypto::SecretKey out;
  out.seed.fill(number);
  return out;
}

inline NoteSigner signer_of(const std::string& name, Byte number) {
  return {name, secret_of(number)};
}

}  // namespace daymark::tlog::testing
