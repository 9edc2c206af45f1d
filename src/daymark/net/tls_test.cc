// TLS 1.3 over loopback: who is let in, and who is not.
#include "daymark/net/tls.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "daymark/base/error_table.h"
#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/net/errors.h"
#include "daymark/net/http_client.h"
#include "daymark/net/http_testing.h"
#include "daymark/net/tls_testing.h"

namespace daymark::net {
namespace {

std::string name_of(const Outcome<HttpResponse>& answer) {
  return answer ? std::to_string(answer->status)
                : std::string(entry_of(answer.error().error.code).name);
}

class TlsTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder); }

  void TearDown() override { std::filesystem::remove_all(folder); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder + "/" + name; }

  TlsIdentity keep(const std::string& name, const MadeIdentity& made) const {
    const TlsIdentity out{path(name + ".pem"), path(name + ".key")};
    EXPECT_TRUE(write_text(out.certificate_file, made.certificate));
    EXPECT_TRUE(write_text(out.key_file, made.key, FileMode::secret));
    return out;
  }

  static std::string pin_of(const MadeIdentity& made) {
    return to_hex(certificate_pin(made.certificate).value());
  }

  static HttpServerOptions with(const TlsIdentity& identity) {
    HttpServerOptions out;
    out.tls = identity;
    out.threads = 2;
    return out;
  }

  static HttpResponse echo(const HttpRequest& request) {
    return text_response(200,
                         std::string(header_of(request.headers, "Authorization")) + request.body);
  }

  static std::string get(const std::string& url, const TlsTrust& trust) {
    return name_of(http_get(url, HttpAccess{.bearer = {}, .trust = trust}, {}));
  }

  std::string folder = ::testing::TempDir() + "daymark-tls-" + std::to_string(::getpid());
  MadeIdentity good = IdentityMaker::make();
  MadeIdentity other = IdentityMaker::make();
};

TEST_F(TlsTest, AGoodServerIsReachedByAuthorityByPinAndByBoth) {
  const TlsIdentity identity = keep("good", good);
  RunningServer server(echo, with(identity));
  ASSERT_TRUE(server.url().starts_with("https://127.0.0.1:"));
  const TlsTrust authority{identity.certificate_file, ""};
  EXPECT_EQ(get(server.url("/"), authority), "200");
  EXPECT_EQ(get(server.url("/"), {"", pin_of(good)}), "200");
  EXPECT_EQ(get(server.url("/"), {identity.certificate_file, pin_of(good)}), "200");
  const std::string local = "https://localhost:" + std::to_string(server.port()) + "/";
  EXPECT_EQ(get(local, authority), "200");
  const HttpAccess access{.bearer = "secret", .trust = authority};
  const auto posted = http_post(server.url("/x"), {std::string(500'000, 'b')}, access, {});
  ASSERT_TRUE(posted);
  EXPECT_EQ(posted->body, "Bearer secret" + std::string(500'000, 'b') + "\n");
}

TEST_F(TlsTest, AWrongPinIsRefusedBeforeAnythingIsSent) {
  const TlsIdentity identity = keep("good", good);
  std::atomic<int> asked{0};
  RunningServer server(
      [&](const HttpRequest& request) {
        ++asked;
        return echo(request);
      },
      with(identity));
  EXPECT_EQ(get(server.url("/"), {"", pin_of(other)}), "net_tls_pin");
  EXPECT_EQ(get(server.url("/"), {identity.certificate_file, pin_of(other)}), "net_tls_pin");
  EXPECT_EQ(get(server.url("/"), {"", "xyz"}), "net_tls_trust");
  EXPECT_EQ(asked, 0);
}

TEST_F(TlsTest, AForeignAuthorityIsRefused) {
  RunningServer server(echo, with(keep("good", good)));
  const TlsIdentity foreign = keep("other", other);
  EXPECT_EQ(get(server.url("/"), {foreign.certificate_file, ""}), "net_tls_certificate");
  // The right key certified by the wrong authority: both were asked for.
  EXPECT_EQ(get(server.url("/"), {foreign.certificate_file, pin_of(good)}), "net_tls_certificate");
  // The system's authorities don't know it.
  EXPECT_EQ(get(server.url("/"), {}), "net_tls_certificate");
  EXPECT_EQ(get(server.url("/"), {path("none"), ""}), "file_not_opened");
}

TEST_F(TlsTest, AnotherNameIsRefused) {
  const TlsIdentity identity = keep("good", good);
  HttpServerOptions options = with(identity);
  options.address = "127.0.0.2";
  RunningServer server(echo, options);
  EXPECT_EQ(get(server.url("/"), {identity.certificate_file, ""}), "net_tls_certificate");
  EXPECT_EQ(get(server.url("/"), {"", pin_of(good)}), "200");
}

TEST_F(TlsTest, ACertificateOutsideItsTimeIsRefused) {
  for (const CertificateSpan span : {CertificateSpan{-7200, -3600}, CertificateSpan{3600, 7200}}) {
    const MadeIdentity made = IdentityMaker::make(span);
    const TlsIdentity identity = keep("dated", made);
    RunningServer server(echo, with(identity));
    EXPECT_EQ(get(server.url("/"), {identity.certificate_file, ""}), "net_tls_certificate");
    EXPECT_EQ(get(server.url("/"), {"", pin_of(made)}), "net_tls_certificate");
    EXPECT_EQ(get(server.url("/"), {identity.certificate_file, pin_of(made)}),
              "net_tls_certificate");
  }
}

/// Whether a client that speaks no newer version than this shakes hands.
bool shakes_hands(std::uint16_t port, int newest) {
  const std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)> context(
      ::SSL_CTX_new(::TLS_client_method()), ::SSL_CTX_free);
  SSL_CTX_set_max_proto_version(context.get(), newest);
  const RawConnection connection(port);
  const std::unique_ptr<SSL, decltype(&::SSL_free)> ssl(::SSL_new(context.get()), ::SSL_free);
  return ::SSL_set_fd(ssl.get(), connection.fd()) == 1 && ::SSL_connect(ssl.get()) == 1;
}

TEST_F(TlsTest, OlderVersionsAreRefused) {
  RunningServer server(echo, with(keep("good", good)));
  EXPECT_TRUE(shakes_hands(server.port(), TLS1_3_VERSION));
  EXPECT_FALSE(shakes_hands(server.port(), TLS1_2_VERSION));
  EXPECT_FALSE(shakes_hands(server.port(), TLS1_1_VERSION));
  EXPECT_EQ(get(server.url("/"), {"", pin_of(good)}), "200") << "the server goes on";
}

TEST_F(TlsTest, PlainAndTlsDoNotMix) {
  RunningServer tls(echo, with(keep("good", good)));
  const std::string plain_url = "http://127.0.0.1:" + std::to_string(tls.port()) + "/";
  EXPECT_FALSE(http_get(plain_url));
  RunningServer plain(echo);
  const std::string tls_url = "https://127.0.0.1:" + std::to_string(plain.port()) + "/";
  EXPECT_EQ(get(tls_url, {"", pin_of(good)}), "net_tls_handshake");
}

TEST_F(TlsTest, AServerNeedsOneIdentityAndASecretKey) {
  const auto listens = [](const TlsIdentity& identity) {
    const auto server = HttpServer::listen(with(identity), echo);
    return server ? std::string("ok") : std::string(entry_of(server.error().error.code).name);
  };
  const TlsIdentity identity = keep("good", good);
  const TlsIdentity foreign = keep("other", other);
  EXPECT_EQ(listens(identity), "ok");
  EXPECT_EQ(listens({identity.certificate_file, foreign.key_file}), "net_tls_identity");
  EXPECT_EQ(listens({identity.key_file, identity.key_file}), "net_tls_identity");
  EXPECT_EQ(listens({identity.certificate_file, identity.certificate_file}), "secret_exposed");
  EXPECT_EQ(listens({identity.certificate_file, path("none")}), "file_not_opened");
  EXPECT_EQ(listens({identity.certificate_file, ""}), "file_not_opened");
  std::filesystem::permissions(identity.key_file, std::filesystem::perms{0644});
  EXPECT_EQ(listens(identity), "secret_exposed");
}

TEST_F(TlsTest, AServerStopsWhileClientsAreConnected) {
  RunningServer server(echo, with(keep("good", good)));
  RawConnection silent(server.port());
  EXPECT_EQ(get(server.url("/"), {"", pin_of(good)}), "200");
  server.stop();
  EXPECT_EQ(get(server.url("/"), {"", pin_of(good)}), "net_unreachable");
}

TEST_F(TlsTest, ACredentialStaysOnThisMachineWithoutTls) {
  const HttpAccess access{.bearer = "secret"};
  const HttpLimits quick{.connect_timeout = Millis{50}, .answer_timeout = Millis{50}};
  EXPECT_EQ(name_of(http_get("http://192.0.2.1/", access, quick)), "net_cleartext");
  EXPECT_EQ(name_of(http_post("http://127.0.0.1.example/", {"x"}, access, quick)), "net_cleartext");
  EXPECT_EQ(name_of(http_get("http://127.example.org/", access, quick)), "net_cleartext");
  HttpAccess allowed = access;
  allowed.insecure_cleartext = true;
  EXPECT_NE(name_of(http_get("http://192.0.2.1/", allowed, quick)), "net_cleartext");
  RunningServer server(echo);
  EXPECT_EQ(name_of(http_get(server.url("/"), access, {})), "200");
}

TEST_F(TlsTest, OnlyACertificateHasAPin) {
  EXPECT_EQ(certificate_pin(good.certificate)->size(), 32U);
  EXPECT_NE(*certificate_pin(good.certificate), *certificate_pin(other.certificate));
  EXPECT_FALSE(certificate_pin(good.key));
  EXPECT_FALSE(certificate_pin(""));
}

}  // namespace
}  // namespace daymark::net
