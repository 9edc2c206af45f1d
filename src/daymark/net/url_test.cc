#include "daymark/net/url.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/net/errors.h"

namespace daymark::net {
namespace {

TEST(Url, TakesApart) {
  const auto url = parse_url("http://log.example-1.org:8080/tile/0/x001/067?a=%20");
  ASSERT_TRUE(url);
  EXPECT_EQ("log.example-1.org", url->host);
  EXPECT_EQ(8080, url->port);
  EXPECT_EQ("/tile/0/x001/067?a=%20", url->target);
}

TEST(Url, FillsInPortAndPath) {
  const auto url = parse_url("http://localhost");
  ASSERT_TRUE(url);
  EXPECT_EQ(80, url->port);
  EXPECT_EQ("/", url->target);
}

TEST(Url, KnowsTls) {
  const auto url = parse_url("https://a.example/x");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(443, url->port);
  EXPECT_EQ("https://a.example:443/x", print_url(*url));
  EXPECT_EQ(8443, parse_url("https://[::1]:8443")->port);
  EXPECT_FALSE(parse_url("http://a:443/")->tls);
}

TEST(Url, KnowsThisMachine) {
  for (const auto* text :
       {"http://127.0.0.1/", "http://127.9.8.7:1/", "http://localhost", "https://[::1]/x"}) {
    EXPECT_TRUE(is_loopback(*parse_url(text))) << text;
  }
  for (const auto* text :
       {"http://127.0.0.1.example/", "http://127.example.org/", "http://10.0.0.1/",
        "http://localhost.example/", "http://[::2]/", "http://127.0.0.0.1/"}) {
    EXPECT_FALSE(is_loopback(*parse_url(text))) << text;
  }
}

TEST(Url, KnowsIpv6) {
  const auto url = parse_url("http://[::1]:81/");
  ASSERT_TRUE(url);
  EXPECT_EQ("::1", url->host);
  EXPECT_EQ("http://[::1]:81/", print_url(*url));
}

TEST(Url, NamesForeignSchemes) {
  for (const auto* text : {"httpss://a/", "ftp://a/", "HTTP://a/", "HTTPS://a/"}) {
    EXPECT_EQ(errc::net_url_scheme, parse_url(text).error().code) << text;
  }
}

TEST(Url, RefusesAllElse) {
  for (const auto* text : {"",
                           "http:/a",
                           "http://",
                           "http:///x",
                           "http://:80/",
                           "http://a:/",
                           "http://a:0/",
                           "http://a:65536/",
                           "http://a:80x/",
                           "http://a b/",
                           "http://u@h/",
                           "http://a?x",
                           "http://a#f",
                           "http://a/#f",
                           "http://a/ b",
                           "http://a/\r\nX: y",
                           "http://[::1/",
                           "http://[a.b]/",
                           "http://::1/",
                           "http://a/\xC3\xA9",
                           "localhost:80"}) {
    EXPECT_EQ(errc::net_url_malformed, parse_url(text).error().code) << text;
  }
  EXPECT_FALSE(parse_url("http://a/" + std::string(url_size_max, 'a')));
}

TEST(Url, ErrorsPointAtThePart) {
  const Error error = parse_url("http://host:99999/").error();
  EXPECT_EQ(field::net_port, error.field);
  EXPECT_EQ(17U, error.offset);
}

RC_GTEST_PROP(Url, PrintsWhatItParses, ()) {
  const std::string host =
      *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab1.-"))));
  const std::string target =
      *rc::gen::container<std::string>(rc::gen::elementOf(std::string("az/?&=%.-_~09")));
  const auto port = *rc::gen::inRange<int>(1, 65536);
  RC_PRE(host.size() <= 253 && target.size() < 1500);
  const bool tls = *rc::gen::arbitrary<bool>();
  const Url url{host, static_cast<std::uint16_t>(port), "/" + target, tls};
  const auto again = parse_url(print_url(url));
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->host == url.host && again->port == url.port && again->target == url.target);
  RC_ASSERT(again->tls == tls);
}

TEST(Url, JoinsWithOneSlash) {
  EXPECT_EQ("http://h:1/log/checkpoint", join_url("http://h:1/log/", "/checkpoint"));
  EXPECT_EQ("http://h:1/checkpoint", join_url("http://h:1", "checkpoint"));
}

}  // namespace
}  // namespace daymark::net
