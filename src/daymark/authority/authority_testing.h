// An authority in memory with witnesses that can be down. Tests only; link daymark_order_testing.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "daymark/authority/order_desk.h"
#include "daymark/authority/sqlite_records.h"
#include "daymark/net/errors.h"
#include "daymark/order/order_testing.h"
#include "daymark/tlog/log_testing.h"

namespace daymark::authority::testing {

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
  Office() {
    pin_charter();
    records = open_sqlite_records(folder_.path() + "/records").value();
    auto log = tlog::LogStore::create_on(
        std::make_unique<tlog::testing::MemoryDisk>(std::make_shared<tlog::testing::Platter>()),
        log_);
    publisher = std::make_unique<Publisher>(
        std::move(log).value(),
        [this](const net::WitnessPeer& peer, const net::CosignatureRequest& request) {
          return cosign(peer, request);
        });
    desk = std::make_unique<OrderDesk>(*records, *publisher, clock, world.encoded_charter());
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
  std::unique_ptr<Publisher> publisher;
  std::unique_ptr<OrderDesk> desk;
  std::set<std::string> down;  ///< URLs that don't answer
  std::vector<Byte> last;      ///< the order file that was handed in last

 private:
  Outcome<std::string> cosign(const net::WitnessPeer& peer,
                              const net::CosignatureRequest& request) {
    if (down.contains(peer.url)) return refuse(errc::net_timeout, peer.url);
    const std::string note(request.checkpoint);
    const std::string body = note.substr(0, note.find("\n\n") + 1);
    return note + tlog::cosign_body(peers_.at(peer.url), body, world.now);
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

  tlog::testing::TemporaryFolder folder_;
  tlog::NoteSigner log_;
  std::map<std::string, tlog::NoteSigner> peers_;
};

/// "ok" or the name of the error.
template <class T>
[[nodiscard]] std::string_view verdict(const Outcome<T>& outcome) {
  return outcome ? "ok" : entry_of(outcome.error().error.code).name;
}

}  // namespace daymark::authority::testing
