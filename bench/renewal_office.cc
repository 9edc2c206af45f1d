#include "renewal_office.h"

#include <cstdio>
#include <fstream>

#include "figures.h"

#include "daymark/base/error_table.h"
#include "daymark/order/leaf_file.h"
#include "daymark/order/proven.h"
#include "daymark/store/sqlite.h"

namespace daymark::bench {

namespace {

constexpr std::string_view batch_terms =
    R"({"validity_s": 604800, "allowance_teraops": 1000000000, "cluster_max": 64,
        "link_megabytes_per_second": 50000})";

/// What was done, or the end of the program with the reason.
template <class T>
T done(Outcome<T> outcome) {
  if (!outcome) std::fprintf(stderr, "bench: %s\n", describe(outcome.error()).c_str());
  require(outcome.has_value(), "a step of the authority failed");
  return std::move(outcome).value();
}

/// A leaf file on disk: its length and its bytes.
void put_file(std::ofstream& out, ByteView file) {
  ByteArray<4> length{};
  put_big_endian(static_cast<std::uint32_t>(file.size()), std::span(length));
  out.write(text_of(length).data(), length.size());
  out.write(text_of(file).data(), static_cast<std::streamsize>(file.size()));
}

/// The next leaf file; empty at the end.
std::vector<Byte> read_leaf_file(std::ifstream& in) {
  std::string length(4, '\0');
  if (!in.read(length.data(), 4)) return {};
  std::string file(get_big_endian<std::uint32_t>(bytes_of(length).first<4>()), '\0');
  in.read(file.data(), static_cast<std::streamsize>(file.size()));
  const ByteView bytes = bytes_of(file);
  return {bytes.begin(), bytes.end()};
}

constexpr std::uint64_t leaves_at_once = 1024;

}  // namespace

RenewalOffice::RenewalOffice(Parts parts)
    : world_(parts.number), leaves_path_(folder_.path() + "/leaf-files") {
  pin_charter();
  enrol_all(*parts.swarm);
  archive_ = done(authority::open_leaf_archive(calls_, folder_.path() + "/batches"));
  records_ = done(authority::open_sqlite_records(folder_.path() + "/authority.db"));
  open_log();
  orders_ = std::make_unique<authority::OrderDesk>(*records_, *archive_, *publisher_, clock_,
                                                   world_.encoded_charter());
  if (!parts.book) parts.book = std::make_unique<tlog::FolderDisk>(folder_.path());
  renewals_ = done(authority::RenewalDesk::open(
      {records_.get(), std::move(parts.book), std::move(parts.verifier)}));
  batches_ = std::make_unique<authority::BatchDesk>(
      authority::BatchStores{*records_, *archive_, renewals_->chips()}, *orders_, clock_, random_);
}

std::string RenewalOffice::member(const std::string& name) {
  const std::string url = "http://" + name;
  const tlog::NoteSigner signer{name + ".example", {world_.random().draw<32>()}};
  peers_[url] = signer;
  return "witness " + name + " " + tlog::format_vkey(signer, tlog::type_cosignature) + " " + url +
         "\n";
}

/// Two of three witnesses and a mirror, whose keys are here.
void RenewalOffice::pin_charter() {
  log_ = {std::string(order::testing::log_origin), {world_.random().draw<32>()}};
  order::Charter source = world_.source();
  source.log_policy =
      world_.keep("log " + tlog::format_vkey(log_, tlog::type_ed25519) + "\n" + member("w0") +
                  member("w1") + member("w2") + "group two 2 w0 w1 w2\nquorum two");
  source.mirror_policy = world_.keep(member("m") + "quorum m");
  world_.set_charter(source);
}

/// As if as many enrol orders had passed, in one transaction.
void RenewalOffice::enrol_all(const ChipSwarm& swarm) {
  const std::string path = folder_.path() + "/authority.db";
  done(authority::open_sqlite_records(path)).reset();
  store::Database database = done(store::Database::open(path));
  store::Transaction work = done(database.begin());
  for (std::size_t slot = 0; slot < swarm.size(); ++slot) {
    const crypto::PublicKey& key = swarm.key(slot);
    done(database.run(
        "INSERT INTO chips(chip, key, slot, model, serial, released, key_id, head_seq, "
        "head_hash) VALUES(?, ?, ?, ?, ?, ?, ?, 1, ?)",
        {crypto::chip_id(key).view(), ByteView(key.bytes), slot, "model", "serial", false,
         crypto::key_id(key).view(), ByteView(key.bytes)}));
  }
  const Outcome<void> committed = work.commit();
  require(committed.has_value(), "the chips can't be enrolled");
}

void RenewalOffice::open_log() {
  const auto ask = [this](const net::WitnessPeer& peer, const net::CosignatureRequest& request) {
    return cosign(peer, request);
  };
  publisher_ = std::make_unique<authority::Publisher>(
      done(tlog::LogStore::create(folder_.path() + "/log", log_)), authority::PeerAccess{ask, {}},
      *records_);
}

Outcome<std::string> RenewalOffice::cosign(const net::WitnessPeer& peer,
                                           const net::CosignatureRequest& request) {
  const std::string note(request.checkpoint);
  const std::string body = note.substr(0, note.find("\n\n") + 1);
  return note + tlog::cosign_body(peers_.at(peer.url), body, world_.now);
}

IssueSteps RenewalOffice::issue(Clock clock) {
  IssueSteps out;
  double start = clock();
  const auto lap = [&] {
    const double now = clock();
    return now - std::exchange(start, now);
  };
  const authority::BatchDraft draft = done(batches_->draft(batch_terms));
  out.draft = lap();
  order::OrderFile file = *order::parse_order_file(draft.order_file);
  world_.sign(file, {"authority"});
  const authority::Acceptance accepted = done(orders_->submit(order::print_order_file(file)));
  require(accepted.publication.has_value(), "the batch is not public");
  batch_ = accepted.hash;
  out.log = lap();
  write_leaves(draft.content);
  out.leaves = lap();
  return out;
}

void RenewalOffice::write_leaves(const order::BatchContent& batch) {
  std::ofstream out(leaves_path_, std::ios::binary | std::ios::trunc);
  leaf_bytes_ = 0;
  std::uint64_t seen = 0;
  while (seen < batch.leaves) {
    auto page = done(archive_->proven_page(batch.root, {seen, leaves_at_once}));
    require(!page.empty(), "a page of leaves is missing");
    for (authority::ArchivedLeaf& leaf : page) {
      const std::vector<Byte> bytes = order::print_leaf_file(
          {std::move(leaf.leaf), leaf.index, {batch.leaves}, std::move(leaf.path)});
      leaf_bytes_ += bytes.size();
      put_file(out, bytes);
    }
    seen += page.size();
  }
  require(out.flush().good(), "the leaf files can't be written");
}

std::size_t RenewalOffice::count_lost(std::size_t samples) {
  const std::size_t chips = renewals_->chips().size();
  const std::size_t stride = std::max<std::size_t>(chips / std::max<std::size_t>(samples, 1), 1);
  std::ifstream in(leaves_path_, std::ios::binary);
  std::size_t lost = 0;
  for (std::size_t slot = 0; slot < chips; ++slot) {
    const std::vector<Byte> file = read_leaf_file(in);
    lost += answers(slot, file) ? 0U : 1U;
    if (slot % stride == 0) prove(file);
  }
  require(read_leaf_file(in).empty(), "there are more leaf files than chips");
  return lost;
}

bool RenewalOffice::answers(std::size_t slot, ByteView file) const {
  const auto parsed = order::parse_leaf_file(file);
  if (!parsed || parsed->index.value != slot) return false;
  const auto leaf = std::make_unique<Result<order::Leaf>>(order::parse_leaf(parsed->leaf));
  const authority::IndexedChip& chip = *renewals_->chips().at(slot);
  return leaf->has_value() && (*leaf)->kind == order::LeafKind::licence &&
         (*leaf)->chip == chip.chip && chip.has_asked() && (*leaf)->request == chip.newest.hash;
}

/// As the chip does: charter, log, quorum, path.
void RenewalOffice::prove(ByteView file) {
  const auto stored = done(records_->order(batch_));
  require(stored.has_value(), "the batch's order is missing");
  const authority::HandedOrder handed = done(orders_->handed(*stored));
  const auto scratch = std::make_unique<order::ProofScratch>();
  const auto proven = order::prove_order(
      {handed.envelope, handed.proof, handed.salt, handed.content}, world_.charter(), *scratch);
  require(proven.has_value(), "the batch is not proven");
  const auto leaf_file = order::parse_leaf_file(file);
  const auto storage = std::make_unique<order::Leaf>();
  require(leaf_file && order::prove_leaf(leaf_file->leaf, leaf_file->where(), *proven, *storage),
          "a leaf is not proven");
}

}  // namespace daymark::bench
