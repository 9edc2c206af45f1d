#include "daymark/authority/server.h"

#include <atomic>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "daymark/authority/authority.h"
#include "daymark/authority/errors.h"
#include "daymark/authority/grant_folder.h"
#include "daymark/authority/retry_loop.h"
#include "daymark/authority/routes.h"
#include "daymark/authority/sqlite_records.h"
#include "daymark/base/error_table.h"
#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/crypto/key_file.h"
#include "daymark/crypto/random.h"
#include "daymark/net/errors.h"
#include "daymark/net/http_client.h"
#include "daymark/net/http_server.h"
#include "daymark/net/signals.h"
#include "daymark/net/url.h"
#include "daymark/tlog/errors.h"

namespace daymark::authority {

namespace {

/// The origin that the charter gives to the log of this key.
Outcome<std::string> origin_of(const order::Charter& charter, const crypto::KeyPair& key) {
  DAYMARK_TRY(const tlog::Policy policy, about(tlog::Policy::parse(charter.log_policy), "charter"));
  const crypto::PublicKey mine = crypto::ed25519_public(key.sign);
  for (const tlog::VerifierKey& log : policy.logs()) {
    if (log.key == mine) return std::string(log.name);
  }
  return refuse(errc::note_vkey, key.name, "the charter names no log with this key");
}

/// A log is made once. Where the records hold orders and the folder holds no log, that is a loss to
/// be told: a new log would be a second history.
Outcome<tlog::LogStore> open_log(const std::string& folder, const tlog::NoteSigner& signer,
                                 Records& records) {
  Outcome<tlog::LogStore> log = tlog::LogStore::open(folder, signer);
  if (log || log.error().error.code != errc::log_missing) return log;
  DAYMARK_TRY(const std::vector<StoredOrder> orders, records.orders());
  if (!orders.empty()) return log;
  return tlog::LogStore::create(folder, signer);
}

/// Tells of an order that is not public once, and again when the reason changes.
class PendingTeller {
 public:
  void tell(const Outcome<PendingReport>& report) {
    if (!report) return tell_once(Digest{}, describe(report.error()));
    if (report->unpublished.empty()) told_.clear();
    for (const PendingReport::Unpublished& order : report->unpublished) {
      tell_once(order.hash,
                fmt::format("order {} is not public{}: {}", to_hex(order.hash),
                            order.hopeless ? " and never will be" : " yet", describe(order.why)));
    }
  }

 private:
  void tell_once(const Digest& order, const std::string& line) {
    if (std::exchange(told_[order], line) != line) fmt::print(stderr, "authority: {}\n", line);
  }

  std::map<Digest, std::string> told_;
};

/// How the server reaches its peers. Once it is to stop it asks nobody any more.
PeerAccess peer_access(const std::string& origin, const std::atomic<bool>& stopping) {
  const auto ask = [&stopping](const net::WitnessPeer& peer,
                               const net::CosignatureRequest& request) {
    if (stopping) return Outcome<std::string>(refuse(errc::net_closed, peer.url));
    return net::request_cosignature(peer, request);
  };
  // Where a mirror serves each of its logs (witness/service.h).
  const std::string id = to_hex(ByteView(crypto::sha256(bytes_of(origin))).first(8));
  const auto fetch = [id](const net::WitnessPeer& mirror) -> Outcome<std::string> {
    const std::string url = net::join_url(mirror.url, fmt::format("log/{}/checkpoint", id));
    DAYMARK_TRY(net::HttpResponse answer, net::http_get(url));
    return net::body_of(std::move(answer), url);
  };
  return {ask, fetch};
}

/// Refuses to start where others may read the grants, and says where there are none.
Outcome<void> check_grants(const GrantFolder& folder) {
  DAYMARK_TRY(const Grants grants, folder.read());
  if (grants.empty())
    fmt::print(stderr, "authority: {}\n", sentence(errc::authority_unprovisioned));
  return {};
}

/// Credentials don't travel in the clear unless somebody said so.
Outcome<void> check_cleartext(const ServerOptions& options) {
  const bool exposed = options.allow_public && options.tls.empty() && !options.insecure_cleartext;
  return exposed ? refuse(errc::net_cleartext, options.address) : Outcome<void>{};
}

net::HttpServerOptions listening(const ServerOptions& options) {
  net::HttpServerOptions out;
  out.address = options.address;
  out.port = options.port;
  out.allow_public = options.allow_public;
  out.tls = options.tls;
  // Mirrors fetch tiles while a publication waits for them: one thread would wait for itself.
  out.threads = server_threads;
  out.body_max = largest_body();
  return out;
}

/// Asks every peer once; whoever answers anything but a failure of its own is reachable.
bool look_at_peers(Authority& authority, PeerWatch& watch, const std::atomic<bool>& stopping) {
  const net::HttpLimits patience{.connect_timeout = seconds(2), .answer_timeout = seconds(2)};
  for (const std::string& url : authority.peer_urls()) {
    if (stopping) return false;
    const Outcome<net::HttpResponse> answer =
        net::http_get(net::join_url(url, "healthz"), patience);
    watch.note(url, answer && answer->status < 500);
  }
  return true;
}

/// Serves until the server is stopped, and publishes beside it what witnesses kept waiting.
void serve(net::HttpServer& server, Authority& authority, const RetryPace& pace) {
  PendingTeller teller;
  // The mirrors that a pending order waits for fetch it from this very server.
  const RetryLoop retry(pace, [&] {
    const Outcome<PendingReport> report = authority.publish_pending();
    teller.tell(report);
    return !report || report->worth_another();
  });
  server.run();
}

}  // namespace

Outcome<void> run_authority(const ServerOptions& options, Clock& clock) {
  DAYMARK_CHECK(check_cleartext(options));
  DAYMARK_TRY(std::vector<Byte> charter_bytes, read_file(options.charter_file, 65'536));
  DAYMARK_TRY(const order::Charter charter,
              about(order::parse_charter(charter_bytes), options.charter_file));
  DAYMARK_TRY(const crypto::KeyPair key, crypto::read_key_pair(options.log_key_file));
  DAYMARK_TRY(const std::string origin, origin_of(charter, key));
  DAYMARK_CHECK(make_folder(options.folder));
  const GrantFolder granted(options.folder);
  DAYMARK_CHECK(check_grants(granted));
  WatchedGrants grants(granted);
  const std::string batches = options.folder + "/batches";
  DAYMARK_TRY(const tlog::FolderLock lock, tlog::FolderLock::take(batches));
  PosixCalls calls;
  DAYMARK_TRY(const std::unique_ptr<LeafArchive> archive, open_leaf_archive(calls, batches));
  DAYMARK_TRY(const std::unique_ptr<Records> records,
              open_sqlite_records(options.folder + "/authority.db", archive.get()));
  DAYMARK_TRY(tlog::LogStore log, open_log(options.folder + "/log", {origin, key.sign}, *records));
  std::atomic<bool> stopping{false};
  PeerWatch watch;
  Publisher publisher(std::move(log), peer_access(origin, stopping), *records);
  DAYMARK_TRY(const auto renewals,
              RenewalDesk::open({records.get(), std::make_unique<tlog::FolderDisk>(options.folder),
                                 lanes::fastest_verifier()}));
  crypto::SystemRandom random;
  Authority authority({records.get(), archive.get(), &publisher, renewals.get(), &clock, &random,
                       std::move(charter_bytes), &grants, &watch, options.rate});
  DAYMARK_CHECK(authority.start());
  DAYMARK_TRY(net::HttpServer server,
              net::HttpServer::listen(listening(options), [&](const net::HttpRequest& request) {
                return authority.handle(request);
              }));
  // Before any other thread: they inherit who takes the signals.
  const net::StopSignals signals([&] {
    stopping = true;
    server.stop();
  });
  fmt::print("authority: {} serves log {} with charter {}\n", server.url(), origin, charter.name);
  std::fflush(stdout);
  const RetryLoop looks({options.peer_check, options.peer_check},
                        [&] { return look_at_peers(authority, watch, stopping); });
  serve(server, authority, options.retry);
  return {};
}

}  // namespace daymark::authority
