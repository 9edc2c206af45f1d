#include "daymark/authority/leaf_archive.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>

#include "daymark/authority/errors.h"
#include "daymark/authority/leaf_folder_internal.h"
#include "daymark/authority/leaf_nodes.h"
#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/cbor/encode.h"
#include "daymark/cbor/reader.h"
#include "daymark/order/leaf.h"
#include "daymark/tlog/frontier.h"

namespace daymark::authority {

namespace {

using on_disk::BufferedFile;
using on_disk::not_written;
using on_disk::OpenFile;

constexpr std::string_view part_suffix = ".part";
constexpr std::size_t end_size = 8;
constexpr std::size_t head_max = 256;

std::unexpected<Failure> damaged(const std::string& path) {
  return refuse(errc::authority_leaves_damaged, path);
}

ByteArray<end_size> big_endian(std::uint64_t number) {
  ByteArray<end_size> out{};
  for (std::size_t i = 0; i < end_size; ++i)
    out[i] = static_cast<Byte>(number >> (8 * (end_size - 1 - i)));
  return out;
}

std::uint64_t leaf_end(ByteView bytes) {
  std::uint64_t out = 0;
  for (const Byte byte : bytes)
    out = out << 8U | byte;
  return out;
}

std::vector<Byte> print_head(const BatchFacts& facts) {
  std::vector<Byte> out = cbor::encode([&](cbor::Writer& writer) {
    writer.open_array(4);
    writer.put_unsigned(1);
    writer.put_unsigned(facts.leaves);
    writer.put_unsigned(facts.slots);
    writer.put_unsigned(static_cast<std::uint64_t>(facts.until.value));
  });
  const Digest hash = crypto::sha256(out);
  out.insert(out.end(), hash.begin(), hash.end());
  return out;
}

Result<BatchFacts> parse_head(ByteView bytes) {
  constexpr std::size_t hash_size = 32;
  if (bytes.size() < hash_size) return fail(errc::authority_leaves_damaged);
  const ByteView facts = bytes.first(bytes.size() - hash_size);
  const bool whole = equal(crypto::sha256(facts), bytes.last(hash_size));
  if (!whole) return fail(errc::authority_leaves_damaged);
  cbor::Reader reader(facts);
  DAYMARK_CHECK(reader.enter_array_of(4));
  DAYMARK_TRY(const std::uint64_t version, reader.read_unsigned());
  if (version != 1) return fail(errc::authority_leaves_damaged);
  BatchFacts out;
  DAYMARK_TRY(out.leaves, reader.read_unsigned());
  DAYMARK_TRY(out.slots, reader.read_unsigned());
  DAYMARK_TRY(const std::uint64_t until, reader.read_unsigned());
  out.until.value = static_cast<std::int64_t>(until);
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

/// A batch as it is read: its files stay open, since a chip's leaf is often asked for after
/// another's.
class OpenBatch {
 public:
  OpenBatch(FileCalls& calls, const std::string& folder, const Digest& root, BatchFacts facts)
      : root_(root),
        facts_(facts),
        leaves_(calls, folder + "/leaves", O_RDONLY),
        ends_(calls, folder + "/ends", O_RDONLY),
        nodes_(calls, folder + "/nodes", O_RDONLY) {}

  [[nodiscard]] const Digest& root() const { return root_; }

  [[nodiscard]] const BatchFacts& facts() const { return facts_; }

  /// All three files are there.
  [[nodiscard]] Outcome<void> check() const {
    for (const OpenFile* const file : {&leaves_, &ends_, &nodes_}) {
      if (!file->is_open()) return damaged(file->path());
    }
    return {};
  }

  /// Within the batch and not empty.
  [[nodiscard]] Outcome<LeafList> page(const Page& page) const {
    DAYMARK_TRY(LeafList out, read(page));
    const std::vector<Digest> hashes = hash_all(out);
    DAYMARK_TRY(const Digest root, root_around({{page.after}, hashes}, size(), stored_node()));
    if (root != root_) return damaged(leaves_.path());
    return out;
  }

  /// Within the batch and not empty.
  [[nodiscard]] Outcome<std::vector<ArchivedLeaf>> proven_page(const Page& page) const {
    DAYMARK_TRY(LeafList leaves, read(page));
    const std::vector<Digest> hashes = hash_all(leaves);
    DAYMARK_TRY(RangePaths proven, paths_around({{page.after}, hashes}, size(), stored_node()));
    if (proven.root != root_) return damaged(leaves_.path());
    std::vector<ArchivedLeaf> out;
    out.reserve(leaves.size());
    for (std::size_t i = 0; i < leaves.size(); ++i)
      out.push_back({std::move(leaves[i]), {page.after + i}, std::move(proven.paths[i])});
    return out;
  }

 private:
  [[nodiscard]] TreeSize size() const { return {facts_.leaves}; }

  static std::vector<Digest> hash_all(const LeafList& leaves) {
    std::vector<Digest> out;
    out.reserve(leaves.size());
    for (const std::vector<Byte>& leaf : leaves)
      out.push_back(tlog::hash_leaf(leaf, tlog::batch_tree));
    return out;
  }

  [[nodiscard]] StoredNode stored_node() const {
    return [this](unsigned level, std::uint64_t position) -> Outcome<Digest> {
      Digest out{};
      DAYMARK_CHECK(nodes_.read(out, tlog::completion_of(level, position) * out.size()));
      return out;
    };
  }

  [[nodiscard]] Outcome<LeafList> read(const Page& page) const {
    DAYMARK_TRY(const std::vector<std::uint64_t> bounds, bounds_of(page));
    std::vector<Byte> bytes(bounds.back() - bounds.front());
    DAYMARK_CHECK(leaves_.read(bytes, bounds.front()));
    LeafList out;
    out.reserve(bounds.size() - 1);
    ByteView rest(bytes);
    for (std::size_t i = 1; i < bounds.size(); ++i) {
      const ByteView leaf = rest.first(bounds[i] - bounds[i - 1]);
      out.emplace_back(leaf.begin(), leaf.end());
      rest = rest.subspan(leaf.size());
    }
    return out;
  }

  /// Where the leaves of a page begin, and where the last one ends.
  [[nodiscard]] Outcome<std::vector<std::uint64_t>> bounds_of(const Page& page) const {
    const std::uint64_t count = std::min(page.limit, facts_.leaves - page.after);
    std::vector<Byte> ends((count + 1) * end_size);
    const std::span<Byte> all(ends);
    // The first leaf begins where nothing ended before.
    const bool at_start = page.after == 0;
    const std::span<Byte> stored = at_start ? all.subspan(end_size) : all;
    DAYMARK_CHECK(ends_.read(stored, at_start ? 0 : (page.after - 1) * end_size));
    std::vector<std::uint64_t> out;
    for (std::size_t at = 0; at < ends.size(); at += end_size) {
      const std::uint64_t bound = leaf_end(ByteView(ends).subspan(at, end_size));
      const bool rises =
          out.empty() || (bound > out.back() && bound - out.back() <= order::leaf_size_max);
      if (!rises) return damaged(ends_.path());
      if (out.size() > 1 && bound - out.front() > leaf_page_bytes) break;
      out.push_back(bound);
    }
    return out;
  }

  Digest root_;
  BatchFacts facts_;
  OpenFile leaves_;
  OpenFile ends_;
  OpenFile nodes_;
};

/// Writes a batch to a folder of its own and puts it into its place.
class FolderWriter final : public LeafWriter {
 public:
  FolderWriter(FileCalls& calls, std::string archive, const std::string& part)
      : calls_(calls),
        archive_(std::move(archive)),
        part_(part),
        leaves_(calls, part + "/leaves"),
        ends_(calls, part + "/ends"),
        nodes_(calls, part + "/nodes") {}

  FolderWriter(const FolderWriter&) = delete;
  FolderWriter& operator=(const FolderWriter&) = delete;
  FolderWriter(FolderWriter&&) = delete;
  FolderWriter& operator=(FolderWriter&&) = delete;

  /// What can't be removed now is removed when the archive is opened next.
  ~FolderWriter() override {
    if (!placed_) static_cast<void>(on_disk::remove_flat_folder(calls_, part_));
  }

  [[nodiscard]] Outcome<void> check() const {
    DAYMARK_CHECK(leaves_.check());
    DAYMARK_CHECK(ends_.check());
    return nodes_.check();
  }

  Outcome<void> add(ByteView leaf) override {
    DAYMARK_CHECK(leaves_.add(leaf));
    end_ += leaf.size();
    DAYMARK_CHECK(ends_.add(big_endian(end_)));
    for (const Digest& node : edge_.append(tlog::hash_leaf(leaf, tlog::batch_tree)))
      DAYMARK_CHECK(nodes_.add(node));
    return {};
  }

  Outcome<order::BatchContent> finish(std::uint64_t slots, UnixMillis until) override {
    const order::BatchContent out{edge_.root(), edge_.size().value};
    for (BufferedFile* const file : {&leaves_, &ends_, &nodes_})
      DAYMARK_CHECK(file->finish());
    BufferedFile head(calls_, part_ + "/head");
    DAYMARK_CHECK(head.check());
    DAYMARK_CHECK(head.add(print_head({out.leaves, slots, until})));
    DAYMARK_CHECK(head.finish());
    DAYMARK_CHECK(sync_folder(calls_, part_));
    DAYMARK_CHECK(place(archive_ + "/" + to_hex(out.root)));
    return out;
  }

 private:
  Outcome<void> place(const std::string& target) {
    FileKind kind{};
    // The same leaves again: what is there is as good.
    if (calls_.kind_of(target, kind) == 0) return {};
    if (calls_.rename(part_, target) != 0) return not_written(target);
    placed_ = true;
    return sync_folder(calls_, archive_);
  }

  FileCalls& calls_;
  std::string archive_;
  std::string part_;
  BufferedFile leaves_;
  BufferedFile ends_;
  BufferedFile nodes_;
  tlog::Frontier edge_{tlog::batch_tree};
  std::uint64_t end_ = 0;
  bool placed_ = false;
};

class FolderArchive final : public LeafArchive {
 public:
  FolderArchive(FileCalls& calls, std::string folder) : calls_(calls), folder_(std::move(folder)) {}

  /// Makes the folder, and removes what was not finished.
  [[nodiscard]] Outcome<void> prepare() {
    if (calls_.make_folder(folder_) != 0 && errno != EEXIST) return not_written(folder_);
    const std::string parent = std::filesystem::path(folder_).parent_path().string();
    DAYMARK_CHECK(sync_folder(calls_, parent.empty() ? "." : parent));
    DAYMARK_TRY(const std::vector<std::string> names, list());
    for (const std::string& name : names) {
      if (!name.ends_with(part_suffix)) continue;
      DAYMARK_CHECK(on_disk::remove_flat_folder(calls_, folder_ + "/" + name));
    }
    return {};
  }

  Outcome<std::unique_ptr<LeafWriter>> begin() override {
    const std::string part = next_part();
    if (calls_.make_folder(part) != 0) return not_written(part);
    auto out = std::make_unique<FolderWriter>(calls_, folder_, part);
    DAYMARK_CHECK(out->check());
    return std::unique_ptr<LeafWriter>(std::move(out));
  }

  Outcome<std::optional<BatchFacts>> find(const Digest& root) override {
    const std::string path = path_of(root);
    FileKind kind{};
    if (calls_.kind_of(path, kind) != 0) {
      if (errno == ENOENT) return std::optional<BatchFacts>{};
      return refuse(errc::file_not_read, path);
    }
    const auto head = read_file(calls_, path + "/head", head_max);
    if (!head && head.error().error.code == errc::file_not_read) {
      return std::unexpected(head.error());
    }
    if (!head) return damaged(path + "/head");
    const auto facts = parse_head(*head);
    if (!facts) return damaged(path + "/head");
    return std::optional(*facts);
  }

  Outcome<ArchivedLeaf> leaf(const Digest& root, LeafIndex index) override {
    DAYMARK_CHECK(open(root));
    if (index.value >= open_->facts().leaves) {
      return refuse(errc::authority_not_found, to_hex(root));
    }
    DAYMARK_TRY(std::vector<ArchivedLeaf> one, open_->proven_page({index.value, 1}));
    return std::move(one.front());
  }

  Outcome<LeafList> page(const Digest& root, const Page& page) override {
    DAYMARK_CHECK(open(root));
    if (page.after >= open_->facts().leaves || page.limit == 0) return LeafList{};
    return open_->page(page);
  }

  Outcome<std::vector<ArchivedLeaf>> proven_page(const Digest& root, const Page& page) override {
    DAYMARK_CHECK(open(root));
    if (page.after >= open_->facts().leaves || page.limit == 0) {
      return std::vector<ArchivedLeaf>{};
    }
    return open_->proven_page(page);
  }

  Outcome<std::vector<Digest>> roots() override {
    DAYMARK_TRY(const std::vector<std::string> names, list());
    std::vector<Digest> out;
    for (const std::string& name : names) {
      if (const auto root = from_hex_fixed<32>(name)) out.push_back(*root);
    }
    return out;
  }

  Outcome<void> remove(const Digest& root) override {
    if (open_ && open_->root() == root) open_.reset();
    const std::string part = next_part();
    if (calls_.rename(path_of(root), part) != 0) {
      return errno == ENOENT ? Outcome<void>{} : not_written(path_of(root));
    }
    // Out of its place for good before anything in it goes.
    DAYMARK_CHECK(sync_folder(calls_, folder_));
    return on_disk::remove_flat_folder(calls_, part);
  }

 private:
  [[nodiscard]] std::string path_of(const Digest& root) const {
    return folder_ + "/" + to_hex(root);
  }

  [[nodiscard]] std::string next_part() {
    return fmt::format("{}/{}{}", folder_, ++parts_, part_suffix);
  }

  [[nodiscard]] Outcome<std::vector<std::string>> list() {
    std::vector<std::string> out;
    if (calls_.list(folder_, out) != 0) return refuse(errc::file_not_read, folder_);
    std::ranges::sort(out);
    return out;
  }

  [[nodiscard]] Outcome<void> open(const Digest& root) {
    if (open_ && open_->root() == root) return {};
    open_.reset();
    DAYMARK_TRY(const auto facts, find(root));
    if (!facts) return refuse(errc::authority_not_found, to_hex(root));
    auto opened = std::make_unique<OpenBatch>(calls_, path_of(root), root, *facts);
    DAYMARK_CHECK(opened->check());
    open_ = std::move(opened);
    return {};
  }

  FileCalls& calls_;
  std::string folder_;
  std::unique_ptr<OpenBatch> open_;
  std::uint64_t parts_ = 0;
};

}  // namespace

Outcome<std::unique_ptr<LeafArchive>> open_leaf_archive(FileCalls& calls,
                                                        const std::string& folder) {
  auto out = std::make_unique<FolderArchive>(calls, folder);
  DAYMARK_CHECK(out->prepare());
  return std::unique_ptr<LeafArchive>(std::move(out));
}

}  // namespace daymark::authority
