// An authority in memory with witnesses that can be down. Tests only; link daymark_order_testing.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <unistd.h>

#include "daymark/authority/leaf_archive_testing.h"
#include "daymark/authority/order_desk.h"
#include "daymark/authority/renewal_desk.h"
#include "daymark/authority/sqlite_records.h"
#include "daymark/net/errors.h"
#include "daymark/order/order_testing.h"
#include "daymark/tlog/log_testing.h"

namespace daymark::authority::testing {

/// A folder that goes away with its test, in memory where the system has such a place: records sync
/// at every commit, and tests of what they hold need not wait for a disk.
class QuickFolder {
 public:
  QuickFolder() {
    const std::filesystem::path memory = "/dev/shm";
    const bool usable = ::access(memory.c_str(), W_OK) == 0;
    const auto base = usable ? memory : std::filesystem::temp_directory_path();
    std::string pattern = (base / "daymark-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }

  QuickFolder(const QuickFolder&) = delete;
  QuickFolder& operator=(const QuickFolder&) = delete;

  ~QuickFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// The world's time.
class WorldClock final : public Clock {
 public:
  explicit WorldClock(order::testing::World& world) : world_(world) {}

  [[nodiscard]] UnixMillis now() override { return world_.now; }

  [[nodiscard]] TickMillis tick() override { return {world_.now.value}; }

 private:
  order::testing::World& world_;
};

/// Three witnesses "http://w0" to "http://w2", two of which are the quorum; a mirror "http://m".
class Office {
 public:
  Office() : platter_(std::make_shared<tlog::testing::Platter>()) {
    pin_charter();
    records = open_sqlite_records(folder_.path() + "/records").value();
    publish_with(tlog::LogStore::create_on(disk(), log_));
    desk =
        std::make_unique<OrderDesk>(*records, archive, *publisher, clock, world.encoded_charter());
    reopen_renewals();
  }

  /// A new desk over the book of requests, as after a restart.
  void reopen_renewals() {
    renewals.reset();
    renewals = RenewalDesk::open({records.get(),
                                  std::make_unique<tlog::testing::MemoryDisk>(requests_platter_),
                                  lanes::library_verifier()})
                   .value();
  }

  /// The log as it lies on its disk now.
  [[nodiscard]] Outcome<tlog::LogStore> open_log() const {
    return tlog::LogStore::open_on(disk(), log_);
  }

  /// A new publisher over the log's disk, as after a restart; the desk must not be used then.
  void reopen_log() {
    desk.reset();
    publish_with(open_log());
  }

  [[nodiscard]] std::map<std::string, std::vector<Byte>> log_files() const {
    return platter_->files;
  }

  void restore_log(const std::map<std::string, std::vector<Byte>>& files) {
    platter_->files = files;
    reopen_log();
  }

  /// As if the records had been restored as well.
  void forget_head() { (void)records->put_cosigned_head(log_.name, ""); }

  [[nodiscard]] const std::string& log_origin() const { return log_.name; }

  /// A larger head in the log's name by another key.
  [[nodiscard]] std::string forged_head() {
    const tlog::NoteSigner stranger{log_.name, {world.random().draw<32>()}};
    const std::string body = tlog::checkpoint_body(log_.name, {{1000}, Digest{1}});
    return tlog::make_note(body, tlog::sign_body(stranger, body));
  }

  [[nodiscard]] std::set<std::string> everybody() const {
    std::set<std::string> out;
    for (const auto& [url, signer] : peers_)
      out.insert(url);
    return out;
  }

  /// Signs and hands in; the world's fleet stream goes on as if it had accepted.
  Outcome<Acceptance> submit(order::OrderFile file, std::initializer_list<std::string> names) {
    const order::OrderFile unsigned_file = file;
    world.sign(file, names);
    last = order::print_order_file(file);
    Outcome<Acceptance> done = desk->submit(last);
    (void)world.prove(unsigned_file, names);
    return done;
  }

  order::testing::World world;
  WorldClock clock{world};
  std::unique_ptr<Records> records;
  MemoryArchive archive;
  std::unique_ptr<Publisher> publisher;
  std::unique_ptr<OrderDesk> desk;
  std::unique_ptr<RenewalDesk> renewals;
  std::set<std::string> down;   ///< URLs that don't answer
  std::set<std::string> ahead;  ///< URLs that know a longer log
  std::string served;           ///< the newest checkpoint that mirrors serve
  int asked = 0;                ///< how often a peer was asked
  std::vector<Byte> last;       ///< the order file that was handed in last

 private:
  Outcome<std::string> cosign(const net::WitnessPeer& peer,
                              const net::CosignatureRequest& request) {
    ++asked;
    if (down.contains(peer.url)) return refuse(errc::net_timeout, peer.url);
    if (ahead.contains(peer.url)) return refuse(errc::net_witness_ahead, peer.url);
    const std::string note(request.checkpoint);
    const std::string body = note.substr(0, note.find("\n\n") + 1);
    return note + tlog::cosign_body(peers_.at(peer.url), body, world.now);
  }

  [[nodiscard]] std::unique_ptr<tlog::LogDisk> disk() const {
    return std::make_unique<tlog::testing::MemoryDisk>(platter_);
  }

  void publish_with(Outcome<tlog::LogStore> log) {
    const auto ask = [this](const net::WitnessPeer& peer, const net::CosignatureRequest& request) {
      return cosign(peer, request);
    };
    const auto fetch = [this](const net::WitnessPeer& mirror) -> Outcome<std::string> {
      if (served.empty()) return refuse(errc::net_status, mirror.url);
      return served;
    };
    publisher =
        std::make_unique<Publisher>(std::move(log).value(), PeerAccess{ask, fetch}, *records);
  }

  std::string member(const std::string& name) {
    const std::string url = "http://" + name;
    const tlog::NoteSigner signer{name + ".example", {world.random().draw<32>()}};
    peers_[url] = signer;
    return "witness " + name + " " + tlog::format_vkey(signer, tlog::type_cosignature) + " " + url +
           "\n";
  }

  void pin_charter() {
    log_ = {std::string(order::testing::log_origin), {world.random().draw<32>()}};
    order::Charter source = world.source();
    source.log_policy =
        world.keep("log " + tlog::format_vkey(log_, tlog::type_ed25519) + "\n" + member("w0") +
                   member("w1") + member("w2") + "group two 2 w0 w1 w2\nquorum two");
    source.mirror_policy = world.keep(member("m") + "quorum m");
    world.set_charter(source);
  }

  QuickFolder folder_;
  std::shared_ptr<tlog::testing::Platter> platter_;
  std::shared_ptr<tlog::testing::Platter> requests_platter_ =
      std::make_shared<tlog::testing::Platter>();
  tlog::NoteSigner log_;
  std::map<std::string, tlog::NoteSigner> peers_;
};

/// "ok" or the name of the error.
template <class T>
[[nodiscard]] std::string_view verdict(const Outcome<T>& outcome) {
  return outcome ? "ok" : entry_of(outcome.error().error.code).name;
}

}  // namespace daymark::authority::testing
