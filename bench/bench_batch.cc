// A licence batch for a whole fleet: bench_batch FOLDER [CHIPS]. Drafts it to disk, walks through
// it as signers do, and looks chips up in it; fails where memory grows with the fleet.
//
// The chips are put into the database, and their requests into the index of chips, in one go, which
// no enrolment and no renewal does.
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "figures.h"
#include <sys/resource.h>

#include "daymark/authority/authority_testing.h"
#include "daymark/authority/batch_desk.h"
#include "daymark/authority/sqlite_records.h"
#include "daymark/order/batch.h"
#include "daymark/store/sqlite.h"

namespace {

using namespace daymark;
using namespace daymark::authority;
using bench::require;

/// Beyond the index of chips, what one leaf more may not raise: pages of chips and leaves, buffers,
/// SQLite's cache.
constexpr double memory_goal = 64;
constexpr std::string_view terms =
    R"({"validity_s": 604800, "allowance_teraops": 1000000000, "cluster_max": 8,
        "fence": {"faults": 1, "alternatives": [{"needed": 2, "clauses": [
          {"beacon": 0, "rtt_us": 20000}, {"beacon": 1, "rtt_us": 40000},
          {"beacon": 2, "rtt_us": 40000}]}]}})";

double peak_mebibytes() {
  rusage used{};
  require(::getrusage(RUSAGE_SELF, &used) == 0, "getrusage");
  return static_cast<double>(used.ru_maxrss) / 1024.0;
}

template <class T>
T must(Outcome<T> outcome, const char* sentence) {
  require(outcome.has_value(), sentence);
  return *std::move(outcome);
}

ChipRecord chip_at(std::uint64_t slot) {
  ChipRecord out{.chip = {}, .key = {}, .slot = slot, .model = "model", .serial = "serial"};
  for (std::size_t i = 0; i < 8; ++i)
    out.key.bytes[i] = static_cast<Byte>(slot >> (8 * i));
  out.chip = crypto::chip_id(out.key);
  return out;
}

/// As the tables of authority/sqlite_records.cc are.
void enrol_all(const std::string& path, std::uint64_t count) {
  store::Database db = must(store::Database::open(path), "the database does not open");
  store::Transaction work = must(db.begin(), "no transaction");
  for (std::uint64_t slot = 0; slot < count; ++slot) {
    const ChipRecord chip = chip_at(slot);
    const KeyId key = crypto::key_id(chip.key);
    must(db.run("INSERT INTO chips(chip, key, slot, model, serial, released, key_id) "
                "VALUES(?, ?, ?, ?, ?, 0, ?)",
                {chip.chip.view(), ByteView(chip.key.bytes), slot, chip.model, chip.serial,
                 key.view()}),
         "a chip is refused");
  }
  require(work.commit().has_value(), "the chips are not stored");
}

/// As if every chip had asked.
void ask_all(ChipIndex& index, Records& records) {
  require(index.catch_up(records).has_value(), "the chips can't be indexed");
  for (std::uint64_t slot = 0; slot < index.size(); ++slot) {
    const IndexedChip& chip = *index.at(slot);
    index.find(chip.key_id, chip.chip)->newest = {1, Digest{7}, 300};
  }
}

double folder_bytes(const std::string& folder) {
  double out = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) out += static_cast<double>(entry.file_size());
  }
  return out;
}

struct Desks {
  Records& records;
  LeafArchive& archive;
  BatchDesk& batches;
  LeafDesk& leaves;
  std::uint64_t chips;
};

double per_second(std::uint64_t count, double microseconds) {
  return static_cast<double>(count) * 1e6 / microseconds;
}

/// Drafts batch `number` and takes it for public; what witnesses do is measured elsewhere.
order::BatchContent issue(Desks& desks, std::uint64_t number, const char* id, const char* what) {
  order::BatchContent content;
  const double used = bench::processor_microseconds_of(
      [&] { content = must(desks.batches.draft(terms), "the draft is refused").content; });
  require(content.leaves == desks.chips, "the batch lacks leaves");
  bench::print_value({id, what, "1/s a core"}, per_second(desks.chips, used), 1);
  StoredOrder order;
  order.kind = order::OrderKind::license;
  order.hash[0] = static_cast<Byte>(number);
  order.file = {1};
  const BatchPlace place{content.root, number, desks.chips, desks.chips};
  require(desks.records.add_licence(order, place).has_value(), "the order is refused");
  require(desks.records.publish_order(order.hash, {{number}, "proof", {1}, {1}}).has_value(),
          "the order is not published");
  return content;
}

/// Every page, every leaf, as a signer's program does.
void walk(Desks& desks, const order::BatchContent& content) {
  order::BatchChecker checker(content);
  const double used = bench::processor_microseconds_of([&] {
    for (std::optional<std::uint64_t> next = 0; next;) {
      const LeafPage page =
          must(desks.leaves.page(content.root, {*next, leaf_page_max}), "a page is refused");
      for (const std::vector<Byte>& leaf : page.leaves)
        require(checker.add(chip_at(checker.count()).chip, leaf).has_value(), "a wrong leaf");
      next = page.next;
    }
    require(checker.finish().has_value(), "the leaves do not lead to the root");
  });
  bench::print_value({"batch.walk", "  read and checked, page by page", "1/s a core"},
                     per_second(desks.chips, used), 1);
}

void look_up(Desks& desks) {
  std::uint64_t slot = 0;
  const double rate = bench::rate_of(1, [&] {
    slot = (slot * 6364136223846793005ULL + 1442695040888963407ULL) % desks.chips;
    const auto leaf = must(desks.leaves.newest(chip_at(slot)), "a leaf is not found");
    require(leaf && leaf->index.value == slot && leaf->path.size() <= 20, "a wrong leaf");
  });
  bench::print_value({"batch.leaf", "  one chip's leaf with its path", "1/s a core"}, rate, 1);
}

}  // namespace

int main(int argc, char** argv) {
  require(argc >= 2, "usage: bench_batch FOLDER [CHIPS]");
  const std::string folder = argv[1];
  const std::uint64_t chips =
      argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;  // NOLINT(cert-err34-c)
  require(chips > 0 && std::filesystem::create_directories(folder), "the folder must be new");
  authority::testing::Office office;
  PosixCalls calls;
  const auto archive = must(open_leaf_archive(calls, folder + "/batches"), "no archive");
  const auto records = must(open_sqlite_records(folder + "/authority.db"), "no records");
  enrol_all(folder + "/authority.db", chips);
  ChipIndex index;
  ask_all(index, *records);
  const double indexed = peak_mebibytes();
  BatchDesk batches({*records, *archive, index}, *office.desk, office.clock, office.world.random());
  LeafDesk leaves(*records, *archive);
  Desks desks{*records, *archive, batches, leaves, chips};
  const order::BatchContent first =
      issue(desks, 1, "batch.draft", "licence batch drafted and archived, durable");
  bench::print_value({"batch.bytes", "  bytes on disk for each leaf, tree included", "B"},
                     folder_bytes(folder + "/batches") / static_cast<double>(chips), 1);
  issue(desks, 2, "batch.next", "  the next one, beside the leaves of the last");
  walk(desks, first);
  look_up(desks);
  const double peak = peak_mebibytes();
  bench::print_value({"batch.memory", "  peak memory of it all, index of chips included", "MiB"},
                     peak, 1);
  bench::print_value({"batch.growth", "  of that beyond the index", "MiB", memory_goal},
                     peak - indexed, 1);
  require(peak - indexed <= memory_goal, "memory grows with the batch");
  std::filesystem::remove_all(folder);
}
