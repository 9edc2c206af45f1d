// The whole process on a thread: witnesses over loopback, a real folder, a real signal.
#include "daymark/authority/server.h"

#include <atomic>
#include <csignal>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daymark/authority/authority_testing.h"
#include "daymark/authority/client.h"
#include "daymark/authority/grant_folder.h"
#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/net/http_server.h"
#include "daymark/net/tls_testing.h"
#include "daymark/tlog/witness.h"

namespace daymark::authority {
namespace {

using testing::verdict;
using Json = nlohmann::json;

/// Runs an HTTP server on a thread for as long as it lives.
class Serving {
 public:
  explicit Serving(net::HttpHandler handler)
      : server_(net::HttpServer::listen({.threads = 4}, std::move(handler)).value()),
        thread_([this] { server_.run(); }) {}

  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  ~Serving() {
    server_.stop();
    thread_.join();
  }

  [[nodiscard]] const net::HttpServer& server() const { return server_; }

 private:
  net::HttpServer server_;
  std::thread thread_;
};

/// A port that nobody listens at.
std::uint16_t free_port() {
  return net::HttpServer::listen({}, [](const net::HttpRequest&) { return net::HttpResponse{}; })
      ->port();
}

/// The signal of a test is for the server alone. Made before any thread: they inherit it.
struct TermBlocked {
  TermBlocked() {
    sigset_t term{};
    ::sigemptyset(&term);
    ::sigaddset(&term, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &term, nullptr);
  }
};

class ServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    pin_charter();
    options.folder = folder.path() + "/auth";
    options.charter_file = folder.path() + "/charter";
    options.log_key_file = folder.path() + "/log.key";
    options.retry = {Millis{20}, Millis{50}};
    options.peer_check = Millis{20};
    access.bearer = grant(Role::fleet_operator);
    ASSERT_TRUE(write_file(options.charter_file, world.encoded_charter()));
  }

  void TearDown() override { EXPECT_EQ(stop(), "ok"); }

  void start() {
    options.port = free_port();
    url = options.tls.empty() ? "http" : "https";
    url += "://127.0.0.1:" + std::to_string(options.port);
    result = Outcome<void>();
    thread = std::thread([this] { result = run_authority(options, clock); });
    for (int tries = 0; tries < 500 && !healthz(); ++tries)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }

  /// SIGTERM; how the server ended.
  std::string_view stop() {
    if (!thread.joinable()) return "ok";
    ::kill(::getpid(), SIGTERM);
    thread.join();
    return verdict(result);
  }

  std::string grant(Role role) {
    std::string fresh = make_credential(world.random());
    const Grant granted{{role, {}}, credential_hash(fresh).value(), world.now};
    EXPECT_EQ(verdict(GrantFolder(options.folder).grant(granted)), "ok");
    return fresh;
  }

  [[nodiscard]] AuthorityClient client() const { return AuthorityClient(url, access); }

  std::optional<Json> healthz() const {
    const auto body = AuthorityClient(url, {.bearer = {}, .trust = access.trust}).get("/healthz");
    return body ? std::optional(Json::parse(*body)) : std::nullopt;
  }

  std::string_view submit() {
    order::OrderFile file = world.policy({});
    const order::OrderFile unsigned_file = file;
    world.sign(file, {"owner", "regulator-a"});
    const auto done = client().submit(order::print_order_file(file));
    (void)world.prove(unsigned_file, {"owner", "regulator-a"});
    return verdict(done);
  }

  /// How many orders have a place in the log, when it is `count` or after some seconds.
  std::size_t published(std::size_t count) const {
    std::size_t found = 0;
    for (int tries = 0; tries < 1000; ++tries) {
      const Json orders = Json::parse(client().get("/orders").value_or("{}"));
      found = 0;
      for (const Json& order : orders.value("items", Json::array()))
        found += order["logged_at"].is_null() ? 0U : 1U;
      if (found == count) return found;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return found;
  }

  TermBlocked blocked;
  testing::QuickFolder folder;
  order::testing::World world;
  testing::WorldClock clock{world};
  ServerOptions options;
  std::string url;
  net::HttpAccess access;
  std::atomic<bool> witnesses_down{false};

 private:
  /// All peers at one server, told apart by path.
  net::HttpResponse cosign(const net::HttpRequest& request) {
    if (witnesses_down) return net::text_response(500, "down");
    const std::string name = request.path.substr(1, request.path.find('/', 1) - 1);
    const auto parsed = tlog::parse_add_checkpoint(request.body);
    if (!parsed || !signers.contains(name)) return net::text_response(400, "?");
    const std::string note(parsed->checkpoint);
    const std::string body = note.substr(0, note.find("\n\n") + 1);
    return {.status = 200,
            .content_type = "text/plain",
            .body = tlog::cosign_body(signers.at(name), body, world.now),
            .headers = {}};
  }

  std::string member(const std::string& name) {
    signers[name] = {name + ".example", {world.random().draw<32>()}};
    return "witness " + name + " " + tlog::format_vkey(signers[name], tlog::type_cosignature) +
           " " + peers->server().url() + "/" + name + "\n";
  }

  void pin_charter() {
    const crypto::KeyPair log =
        crypto::generate_keys(std::string(order::testing::log_origin), world.random());
    ASSERT_TRUE(crypto::write_keys(log, folder.path()));
    std::filesystem::rename(folder.path() + "/" + log.name + ".key", folder.path() + "/log.key");
    order::Charter source = world.source();
    source.log_policy =
        world.keep("log " + tlog::format_vkey({log.name, log.sign}, tlog::type_ed25519) + "\n" +
                   member("w0") + member("w1") + "group both all w0 w1\nquorum both");
    source.mirror_policy = world.keep(member("m") + "quorum m");
    world.set_charter(source);
  }

  std::map<std::string, tlog::NoteSigner> signers;
  std::unique_ptr<Serving> peers = std::make_unique<Serving>(
      [this](const net::HttpRequest& request) { return cosign(request); });
  Outcome<void> result;
  std::thread thread;
};

TEST_F(ServerTest, ServesUntilItIsToldToStopAndGoesOnAfterwards) {
  start();
  EXPECT_EQ(submit(), "ok");
  EXPECT_EQ(stop(), "ok");
  EXPECT_FALSE(healthz());
  start();
  ASSERT_TRUE(healthz());
  EXPECT_EQ((*healthz())["log_size"], 1);
  EXPECT_EQ(submit(), "ok");
  EXPECT_EQ(published(2), 2U);
}

TEST_F(ServerTest, WhatWitnessesKeptWaitingIsPublishedWhenTheyAreBack) {
  start();
  witnesses_down = true;
  EXPECT_EQ(submit(), "authority_refused");
  EXPECT_EQ(submit(), "authority_refused");
  EXPECT_EQ(published(0), 0U);
  witnesses_down = false;
  // Nobody submits again.
  EXPECT_EQ(published(2), 2U);
  EXPECT_EQ((*healthz())["log_size"], 2);
}

TEST_F(ServerTest, ItStopsWhileOrdersWait) {
  start();
  witnesses_down = true;
  EXPECT_EQ(submit(), "authority_refused");
  EXPECT_EQ(stop(), "ok");
  witnesses_down = false;
  start();
  EXPECT_EQ(published(1), 1U);
}

TEST_F(ServerTest, AnOlderLogFolderDoesNotStart) {
  start();
  EXPECT_EQ(submit(), "ok");
  EXPECT_EQ(stop(), "ok");
  const std::filesystem::path log = options.folder + "/log";
  const std::filesystem::path backup = folder.path() + "/backup";
  std::filesystem::copy(log, backup, std::filesystem::copy_options::recursive);
  start();
  EXPECT_EQ(submit(), "ok");
  EXPECT_EQ(stop(), "ok");
  const std::filesystem::path newest = folder.path() + "/newest";
  std::filesystem::rename(log, newest);
  std::filesystem::copy(backup, log, std::filesystem::copy_options::recursive);
  EXPECT_EQ(verdict(run_authority(options, clock)), "log_behind");
  EXPECT_EQ(verdict(run_authority(options, clock)), "log_behind");
  // The newer folder starts.
  std::filesystem::remove_all(log);
  std::filesystem::rename(newest, log);
  start();
  EXPECT_EQ((*healthz())["log_size"], 2);
}

TEST_F(ServerTest, AnotherLogKeyOrALostLogDoesNotStart) {
  start();
  EXPECT_EQ(submit(), "ok");
  EXPECT_EQ(stop(), "ok");
  std::filesystem::remove_all(options.folder + "/log");
  EXPECT_EQ(verdict(run_authority(options, clock)), "log_missing");
  const crypto::KeyPair other = crypto::generate_keys("other", world.random());
  ASSERT_TRUE(crypto::write_keys(other, folder.path()));
  options.log_key_file = folder.path() + "/other.key";
  EXPECT_EQ(verdict(run_authority(options, clock)), "note_vkey");
}

TEST_F(ServerTest, ItSaysWhetherItIsReadyAndWhoAnswers) {
  start();
  // Witnesses and mirrors are asked one after the other.
  const auto ready = [&](int witnesses, int mirrors) {
    Json seen;
    for (int tries = 0; tries < 500; ++tries) {
      seen = Json::parse(client().get("/readyz").value_or("{}"));
      if (seen.is_object() && seen["witnesses"]["reachable"] == witnesses &&
          seen["mirrors"]["reachable"] == mirrors) {
        return seen;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return seen;
  };
  EXPECT_EQ(ready(2, 1), Json::parse(R"({"ready":true,"log":"ok","store":"ok",
      "witnesses":{"reachable":2,"of":2},"mirrors":{"reachable":1,"of":1}})"));
  witnesses_down = true;
  const Json alone = ready(0, 0);
  EXPECT_EQ(alone["mirrors"]["reachable"], 0);
  EXPECT_TRUE(alone["ready"].get<bool>());
  EXPECT_EQ(verdict(AuthorityClient(url, {grant(Role::monitor)}).get("/readyz")), "ok");
}

TEST_F(ServerTest, ItSpeaksTlsWhereItHasAnIdentity) {
  const net::MadeIdentity made = net::IdentityMaker::make();
  options.tls = {folder.path() + "/tls.pem", folder.path() + "/tls.key"};
  ASSERT_TRUE(write_text(options.tls.certificate_file, made.certificate));
  ASSERT_TRUE(write_text(options.tls.key_file, made.key, FileMode::secret));
  access.trust.pin = to_hex(*net::certificate_pin(made.certificate));
  start();
  EXPECT_EQ(submit(), "ok");
  EXPECT_EQ(published(1), 1U);
  access.trust.pin = std::string(64, '0');
  EXPECT_EQ(verdict(client().get("/orders")), "net_tls_pin");
  url.replace(0, 5, "http");
  EXPECT_FALSE(client().get("/healthz"));
  EXPECT_EQ(stop(), "ok");
  std::filesystem::permissions(options.tls.key_file, std::filesystem::perms{0640});
  EXPECT_EQ(verdict(run_authority(options, clock)), "secret_exposed");
}

TEST_F(ServerTest, BeyondThisMachineItIsNotInTheClear) {
  options.address = "0.0.0.0";
  EXPECT_EQ(verdict(run_authority(options, clock)), "net_address_public");
  options.allow_public = true;
  EXPECT_EQ(verdict(run_authority(options, clock)), "net_cleartext");
  options.insecure_cleartext = true;
  start();
  EXPECT_TRUE(healthz());
}

TEST_F(ServerTest, GrantsAndRevocationsHoldAtOnce) {
  start();
  const std::string fresh = grant(Role::auditor);
  const AuthorityClient auditor(url, {fresh});
  EXPECT_EQ(verdict(auditor.get("/orders")), "ok");
  const GrantFolder granted(options.folder);
  EXPECT_EQ(verdict(granted.revoke(granted.read()->of(fresh)->id())), "ok");
  EXPECT_EQ(verdict(auditor.get("/orders")), "authority_refused");
  EXPECT_EQ(verdict(client().get("/orders")), "ok");
  // What others can read opens nothing any more.
  std::filesystem::permissions(granted.file(), std::filesystem::perms{0644});
  EXPECT_EQ(verdict(client().get("/orders")), "authority_refused");
  EXPECT_TRUE(healthz());
  EXPECT_EQ(stop(), "ok");
  EXPECT_EQ(verdict(run_authority(options, clock)), "secret_exposed");
}

}  // namespace
}  // namespace daymark::authority
