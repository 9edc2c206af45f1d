#include "daymark/net/http_server.h"

#include <atomic>
#include <csignal>
#include <future>

#include <gtest/gtest.h>

#include "daymark/net/errors.h"
#include "daymark/net/http_client.h"
#include "daymark/net/http_testing.h"
#include "daymark/net/signals.h"

namespace daymark::net {
namespace {

HttpResponse echo(const HttpRequest& request) {
  HttpResponse response;
  response.body = request.method + " " + request.path + " " + request.query + " " + request.body;
  response.headers.push_back({"X-Peer", request.peer});
  response.content_type = std::string(header_of(request.headers, "content-type"));
  return response;
}

std::string status_line(const std::string& answer) {
  return answer.substr(0, answer.find("\r\n"));
}

TEST(HttpServer, AnswersGetAndPost) {
  const RunningServer server(echo);
  const auto got = http_get(server.url("/a/b?c=d"));
  ASSERT_TRUE(got) << got.error().detail;
  EXPECT_EQ(200U, got->status);
  EXPECT_EQ("GET /a/b c=d ", got->body);
  EXPECT_TRUE(header_of(got->headers, "x-peer").starts_with("127.0.0.1:"));

  const std::string binary("\0\xFF\r\n\r\n", 6);
  const auto posted = http_post(server.url("/p"), {binary, "application/cbor"});
  ASSERT_TRUE(posted);
  EXPECT_EQ("POST /p  " + binary, posted->body);
  EXPECT_EQ("application/cbor", posted->content_type);
}

TEST(HttpServer, KeepsConnectionsAndPipelines) {
  const RunningServer server(echo);
  RawConnection raw(server.port());
  raw.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string both = raw.receive_until("GET /2");
  EXPECT_LT(both.find("GET /1"), both.find("GET /2"));
  raw.send("GET /3 HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(raw.receive_all().contains("GET /3")) << "and the server closed";
}

TEST(HttpServer, HeadHasLengthButNoBody) {
  const RunningServer server(echo);
  RawConnection raw(server.port());
  raw.send("HEAD /1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const std::string answer = raw.receive_all();
  EXPECT_TRUE(answer.contains("Content-Length: 8\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST(HttpServer, RefusesMalformedRequests) {
  const RunningServer server(echo);
  for (const auto* bad : {"hello\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
                          "GET http://other/ HTTP/1.1\r\nHost: h\r\n\r\n",
                          "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                          "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                          "GET / HTTP/1.1\r\nBad Header: x\r\n\r\n"}) {
    RawConnection raw(server.port());
    raw.send(bad);
    EXPECT_EQ("HTTP/1.1 400 Bad Request", status_line(raw.receive_all())) << bad;
  }
  EXPECT_TRUE(http_get(server.url("/after"))) << "the server goes on";
}

TEST(HttpServer, BoundsHeaderAndBody) {
  HttpServerOptions options;
  options.body_max = 1000;
  options.header_max = 500;
  const RunningServer server(echo, options);
  EXPECT_EQ(200U, http_post(server.url("/"), {std::string(1000, 'x')})->status);
  EXPECT_EQ(413U, http_post(server.url("/"), {std::string(1001, 'x')})->status);
  EXPECT_EQ(413U, http_post(server.url("/"), {std::string(5'000'000, 'x')})->status);
  EXPECT_EQ(431U, http_get(server.url("/" + std::string(800, 'x')))->status);

  RawConnection chunked(server.port());
  chunked.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 5; ++i)
    chunked.send("100\r\n" + std::string(256, 'y') + "\r\n");
  chunked.send("0\r\n\r\n");
  EXPECT_EQ("HTTP/1.1 413 Payload Too Large", status_line(chunked.receive_all()));
}

TEST(HttpServer, CutsOffSlowClients) {
  HttpServerOptions options;
  options.request_timeout = Millis{200};
  const RunningServer server(echo, options);
  RawConnection silent(server.port());
  RawConnection half(server.port());
  half.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ("", silent.receive_all());
  EXPECT_EQ("", half.receive_all());
}

TEST(HttpServer, ClosesConnectionsBeyondTheLimit) {
  HttpServerOptions options;
  options.connections_max = 2;
  const RunningServer server(echo, options);
  RawConnection first(server.port());
  RawConnection second(server.port());
  first.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
  second.send("GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE("", first.receive_until("GET /1"));
  EXPECT_NE("", second.receive_until("GET /2"));
  RawConnection third(server.port());
  third.send("GET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ("", third.receive_all());
}

TEST(HttpServer, HidesWhatAHandlerThrows) {
  const RunningServer server(
      [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("secret path"); });
  const auto got = http_get(server.url("/"));
  ASSERT_TRUE(got);
  EXPECT_EQ(500U, got->status);
  EXPECT_FALSE(got->body.contains("secret"));
}

TEST(HttpServer, DropsHeadersThatWouldSplitTheResponse) {
  const RunningServer server([](const HttpRequest&) {
    HttpResponse response;
    response.headers = {{"X-Bad", "a\r\nSet-Cookie: b"}, {"X-Good", "c"}};
    return response;
  });
  const auto got = http_get(server.url("/"));
  ASSERT_TRUE(got);
  EXPECT_EQ("", header_of(got->headers, "set-cookie"));
  EXPECT_EQ("c", header_of(got->headers, "x-good"));
}

TEST(HttpServer, TwoClientsOfFourThreads) {
  HttpServerOptions options;
  options.threads = 4;
  std::atomic<int> count{0};
  const RunningServer server(
      [&count](const HttpRequest& request) {
        ++count;
        return echo(request);
      },
      options);
  const auto client = [&server] {
    int good = 0;
    for (int i = 0; i < 50; ++i)
      good += http_get(server.url("/x")).has_value() ? 1 : 0;
    return good;
  };
  std::future<int> other = std::async(std::launch::async, client);
  EXPECT_EQ(50, client());
  EXPECT_EQ(50, other.get());
  EXPECT_EQ(100, count);
}

TEST(HttpServer, StopsWithOpenConnections) {
  RunningServer server(echo);
  RawConnection idle(server.port());
  idle.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE("", idle.receive_until("GET /1"));
  RawConnection half(server.port());
  half.send("GET /2 HT");
  server.stop();
  EXPECT_EQ("", idle.receive_all());
  EXPECT_EQ(errc::net_unreachable, http_get(server.url("/")).error().error.code);
}

TEST(HttpServer, SendsTheAnswerUnderWayBeforeItStops) {
  std::promise<void> entered;
  std::promise<void> leave;
  RunningServer server([&](const HttpRequest&) {
    entered.set_value();
    leave.get_future().wait();
    return text_response(200, std::string(200'000, 'z'));
  });
  std::future<Outcome<HttpResponse>> answer =
      std::async(std::launch::async, [&] { return http_get(server.url("/")); });
  entered.get_future().wait();
  server.server().stop();
  leave.set_value();
  const Outcome<HttpResponse> got = answer.get();
  ASSERT_TRUE(got) << got.error().detail;
  EXPECT_EQ(200'001U, got->body.size());
}

TEST(HttpServer, StopBeforeRunEndsRun) {
  auto server = HttpServer::listen({}, echo);
  ASSERT_TRUE(server);
  server->stop();
  server->stop();
  server->run();
}

TEST(HttpServer, ListensOnLoopbackOnlyUnlessTold) {
  HttpServerOptions options;
  options.address = "0.0.0.0";
  EXPECT_EQ(errc::net_address_public, HttpServer::listen(options, echo).error().error.code);
  options.allow_public = true;
  EXPECT_TRUE(HttpServer::listen(options, echo));
  options.address = "localhost";
  EXPECT_EQ(errc::net_address_malformed, HttpServer::listen(options, echo).error().error.code);
}

TEST(HttpServer, NamesTakenPorts) {
  const RunningServer server(echo);
  HttpServerOptions options;
  options.port = server.port();
  const auto second = HttpServer::listen(options, echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(errc::net_address_in_use, second.error().error.code);
  EXPECT_EQ("127.0.0.1:" + std::to_string(server.port()), second.error().subject);
}

TEST(Signals, StopAServer) {
  auto server = HttpServer::listen({}, echo);
  ASSERT_TRUE(server);
  const StopSignals signals([&server] { server->stop(); });
  ::kill(::getpid(), SIGTERM);
  server->run();
}

}  // namespace
}  // namespace daymark::net
