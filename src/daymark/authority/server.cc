#include "daymark/authority/server.h"

#include <thread>

#include <fmt/format.h>

#include "daymark/authority/authority.h"
#include "daymark/authority/sqlite_records.h"
#include "daymark/base/file.h"
#include "daymark/crypto/key_file.h"
#include "daymark/crypto/random.h"
#include "daymark/net/http_server.h"
#include "daymark/net/signals.h"
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

}  // namespace

Outcome<void> run_authority(const ServerOptions& options, Clock& clock) {
  DAYMARK_TRY(std::vector<Byte> charter_bytes, read_file(options.charter_file, 65'536));
  DAYMARK_TRY(const order::Charter charter,
              about(order::parse_charter(charter_bytes), options.charter_file));
  DAYMARK_TRY(const crypto::KeyPair key, crypto::read_key_pair(options.log_key_file));
  DAYMARK_TRY(const std::string origin, origin_of(charter, key));
  DAYMARK_CHECK(make_folder(options.folder));
  DAYMARK_TRY(const std::unique_ptr<Records> records,
              open_sqlite_records(options.folder + "/authority.db"));
  DAYMARK_TRY(tlog::LogStore log, open_log(options.folder + "/log", {origin, key.sign}, *records));
  Publisher publisher(std::move(log),
                      [](const net::WitnessPeer& witness, const net::CosignatureRequest& request) {
                        return net::request_cosignature(witness, request);
                      });
  crypto::SystemRandom random;
  Authority authority({records.get(), &publisher, &clock, &random, std::move(charter_bytes)});
  // Mirrors fetch tiles while a publication waits for them: one thread would wait for itself.
  DAYMARK_TRY(net::HttpServer server, net::HttpServer::listen({.address = options.address,
                                                               .port = options.port,
                                                               .allow_public = options.allow_public,
                                                               .threads = server_threads},
                                                              [&](const net::HttpRequest& request) {
                                                                return authority.handle(request);
                                                              }));
  const net::StopSignals signals([&] { server.stop(); });
  fmt::print("authority: {} serves log {} with charter {}\n", server.url(), origin, charter.name);
  std::fflush(stdout);
  // The mirrors that a pending order waits for fetch it from this very server.
  std::jthread serving([&] { server.run(); });
  const Outcome<void> started = authority.start();
  if (!started) server.stop();
  return started;
}

}  // namespace daymark::authority
