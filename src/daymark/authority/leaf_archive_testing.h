// Batches of leaves in memory, as plain as can be: the second implementation that the contract's
// tests run against. Tests only.
#pragma once

#include <map>
#include <memory>

#include "daymark/authority/errors.h"
#include "daymark/authority/leaf_archive.h"
#include "daymark/tlog/tree.h"

namespace daymark::authority::testing {

class MemoryArchive final : public LeafArchive {
 public:
  Outcome<std::unique_ptr<LeafWriter>> begin() override {
    return std::unique_ptr<LeafWriter>(std::make_unique<Writer>(*this));
  }

  Outcome<std::optional<BatchFacts>> find(const Digest& root) override {
    const auto found = batches_.find(root);
    return found == batches_.end() ? std::nullopt : std::optional(found->second.facts);
  }

  Outcome<ArchivedLeaf> leaf(const Digest& root, LeafIndex index) override {
    const auto found = batches_.find(root);
    if (found == batches_.end() || index.value >= found->second.leaves.size()) {
      return refuse(errc::authority_not_found, "leaf");
    }
    const tlog::Tree tree = tree_of(found->second.leaves);
    return ArchivedLeaf{found->second.leaves[index.value], index,
                        tree.inclusion_path(index, tree.size()).value()};
  }

  Outcome<LeafList> page(const Digest& root, const Page& page) override {
    const auto found = batches_.find(root);
    if (found == batches_.end()) return refuse(errc::authority_not_found, "batch");
    LeafList out;
    std::size_t bytes = 0;
    const LeafList& all = found->second.leaves;
    for (std::uint64_t i = page.after; i < all.size() && out.size() < page.limit; ++i) {
      bytes += all[i].size();
      if (bytes > leaf_page_bytes && !out.empty()) break;
      out.push_back(all[i]);
    }
    return out;
  }

  Outcome<std::vector<ArchivedLeaf>> proven_page(const Digest& root, const Page& page) override {
    DAYMARK_TRY(const LeafList leaves, this->page(root, page));
    std::vector<ArchivedLeaf> out;
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      DAYMARK_TRY(ArchivedLeaf one, leaf(root, {page.after + i}));
      out.push_back(std::move(one));
    }
    return out;
  }

  Outcome<std::vector<Digest>> roots() override {
    std::vector<Digest> out;
    for (const auto& [root, batch] : batches_)
      out.push_back(root);
    return out;
  }

  Outcome<void> remove(const Digest& root) override {
    batches_.erase(root);
    return {};
  }

 private:
  struct Batch {
    BatchFacts facts;
    LeafList leaves;
  };

  class Writer final : public LeafWriter {
   public:
    explicit Writer(MemoryArchive& archive) : archive_(archive) {}

    Outcome<void> add(ByteView leaf) override {
      leaves_.emplace_back(leaf.begin(), leaf.end());
      return {};
    }

    Outcome<order::BatchContent> finish(std::uint64_t slots, UnixMillis until) override {
      const order::BatchContent out{tree_of(leaves_).head().root, leaves_.size()};
      archive_.batches_.emplace(out.root, Batch{{out.leaves, slots, until}, leaves_});
      return out;
    }

   private:
    MemoryArchive& archive_;
    LeafList leaves_;
  };

  static tlog::Tree tree_of(const LeafList& leaves) {
    tlog::Tree out(tlog::batch_tree);
    for (const std::vector<Byte>& leaf : leaves)
      out.append(leaf);
    return out;
  }

  std::map<Digest, Batch> batches_;
};

}  // namespace daymark::authority::testing
