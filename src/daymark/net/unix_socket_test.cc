#include "daymark/net/unix_socket.h"

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "daymark/base/file.h"
#include "daymark/net/errors.h"
#include "daymark/net/unix_address_internal.h"

namespace daymark::net {
namespace {

using Message = std::vector<Byte>;

Message message_of(std::string_view text) {
  return {bytes_of(text).begin(), bytes_of(text).end()};
}

Message reversed(ByteView request) {
  return {request.rbegin(), request.rend()};
}

class UnixSocket : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/daymark-socket-XXXXXX";
    ASSERT_NE(nullptr, ::mkdtemp(name.data()));
    folder_ = name;
    path_ = folder_ + "/s";
  }

  void TearDown() override {
    stop();
    std::filesystem::remove_all(folder_);
  }

  void serve(FrameHandler handler = reversed, FrameServerOptions options = {}) {
    options.path = path_;
    auto server = FrameServer::listen(std::move(options), std::move(handler));
    ASSERT_TRUE(server) << server.error().detail;
    server_ = std::make_unique<FrameServer>(*std::move(server));
    thread_ = std::thread([this] { server_->run(); });
  }

  void stop() {
    if (!server_) return;
    server_->stop();
    thread_.join();
    server_.reset();
  }

  [[nodiscard]] Descriptor raw() const {
    Descriptor fd = connect_unix(*unix_address(path_));
    EXPECT_TRUE(fd.is_open());
    return fd;
  }

  /// True when the server closed the connection, within 20 s.
  static bool was_closed(const Descriptor& fd) {
    pollfd watched{fd.get(), POLLIN, 0};
    std::array<Byte, 64> piece{};
    if (::poll(&watched, 1, 20'000) != 1) return false;
    return ::recv(fd.get(), piece.data(), piece.size(), 0) <= 0;
  }

  static void send(const Descriptor& fd, const Message& bytes) {
    EXPECT_EQ(static_cast<ssize_t>(bytes.size()),
              ::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }

  std::string folder_;
  std::string path_;
  std::unique_ptr<FrameServer> server_;
  std::thread thread_;
};

TEST_F(UnixSocket, AnswersEachRequest) {
  serve();
  FrameClient client(path_);
  EXPECT_EQ(message_of("cba"), *client.call(message_of("abc")));
  EXPECT_EQ(Message(), *client.call(Message()));
  const Message large(frame_max, 5);
  EXPECT_EQ(large, *client.call(large));
}

TEST_F(UnixSocket, IsForThisUserAlone) {
  serve();

  struct stat info{};

  ASSERT_EQ(0, ::stat(path_.c_str(), &info));
  EXPECT_EQ(0600U, info.st_mode & 0777U);
}

TEST_F(UnixSocket, ServesManyClientsFromOneThread) {
  std::set<std::thread::id> threads;
  serve([&threads](ByteView request) {
    threads.insert(std::this_thread::get_id());
    return reversed(request);
  });
  const auto talk = [this](Byte first) {
    FrameClient client(path_);
    for (Byte i = 0; i < 100; ++i) {
      if (client.call(Message{first, i}) != Message{i, first}) return false;
    }
    return true;
  };
  std::vector<std::future<bool>> clients;
  for (Byte i = 0; i < 4; ++i)
    clients.push_back(std::async(std::launch::async, talk, i));
  for (auto& client : clients)
    EXPECT_TRUE(client.get());
  stop();
  EXPECT_EQ(1U, threads.size());
}

TEST_F(UnixSocket, PipelinedRequestsAreAnsweredInOrder) {
  serve();
  const Descriptor fd = raw();
  Message both = *encode_frame(Message{1, 2});
  const Message second = *encode_frame(Message{3});
  both.insert(both.end(), second.begin(), second.end());
  send(fd, both);
  Message got;
  while (got.size() < both.size()) {
    pollfd watched{fd.get(), POLLIN, 0};
    ASSERT_EQ(1, ::poll(&watched, 1, 20'000));
    std::array<Byte, 64> piece{};
    const ssize_t size = ::recv(fd.get(), piece.data(), piece.size(), 0);
    ASSERT_GT(size, 0);
    got.insert(got.end(), piece.begin(), piece.begin() + size);
  }
  Message wanted = *encode_frame(Message{2, 1});
  const Message last = *encode_frame(Message{3});
  wanted.insert(wanted.end(), last.begin(), last.end());
  EXPECT_EQ(wanted, got);
}

TEST_F(UnixSocket, CutsOffOversizeFrames) {
  serve();
  const Descriptor fd = raw();
  const auto head = frame_head({1, frame_max + 1});
  send(fd, {head.begin(), head.end()});
  EXPECT_TRUE(was_closed(fd));
  const Descriptor nonsense = raw();
  send(nonsense, {0xFF, 0xFF, 0xFF, 0xFF});
  EXPECT_TRUE(was_closed(nonsense));
  FrameClient client(path_);
  EXPECT_EQ(errc::net_frame_too_large, client.call(Message(frame_max + 1)).error().error.code);
  EXPECT_TRUE(client.call(Message{1})) << "and goes on";
}

TEST_F(UnixSocket, CutsOffHalfFramesInTimeButNotIdleClients) {
  FrameServerOptions options;
  options.frame_timeout = Millis{150};
  serve(reversed, options);
  FrameClient idle(path_);
  ASSERT_TRUE(idle.call(Message{1}));
  const Descriptor fd = raw();
  const auto head = frame_head({1, 9});
  send(fd, {head.begin(), head.end()});
  EXPECT_TRUE(was_closed(fd));
  EXPECT_EQ(Message{2}, *idle.call(Message{2}));
}

TEST_F(UnixSocket, SurvivesPeersThatVanish) {
  serve([](ByteView) { return Message(frame_max, 1); });
  for (int i = 0; i < 20; ++i) {
    const Descriptor fd = raw();
    send(fd, i % 2 == 0 ? *encode_frame(Message{1}) : Message{'D', 'M', 1});
  }
  FrameClient client(path_);
  EXPECT_EQ(frame_max, client.call(Message{1})->size());
}

TEST_F(UnixSocket, AnswerThatIsTooLargeClosesTheConnection) {
  serve([](ByteView) { return Message(frame_max + 1); });
  FrameClient client(path_);
  EXPECT_EQ(errc::net_closed, client.call(Message{1}).error().error.code);
}

TEST_F(UnixSocket, ClientNamesTimeoutAndReconnects) {
  std::promise<void> leave;
  std::shared_future<void> left = leave.get_future().share();
  std::atomic<int> calls{0};
  serve([&](ByteView request) {
    if (calls++ == 0) left.wait();
    return reversed(request);
  });
  FrameClient client(path_);
  EXPECT_EQ(errc::net_timeout, client.call(Message{1}, Millis{50}).error().error.code);
  leave.set_value();
  EXPECT_EQ((Message{3, 2}), *client.call(Message{2, 3})) << "not the late answer";
}

TEST_F(UnixSocket, ClientNamesAbsentServer) {
  FrameClient client(path_);
  const auto refused = client.call(Message{1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(errc::net_unreachable, refused.error().error.code);
  EXPECT_EQ(path_, refused.error().subject);
  serve();
  EXPECT_TRUE(client.call(Message{1}));
  stop();
  EXPECT_EQ(errc::net_unreachable, client.call(Message{1}).error().error.code);
  EXPECT_FALSE(std::filesystem::exists(path_)) << "the server takes its socket along";
}

TEST_F(UnixSocket, SecondServerIsRefusedButTheDeadAreReplaced) {
  serve();
  FrameServerOptions options;
  options.path = path_;
  EXPECT_EQ(errc::net_address_in_use, FrameServer::listen(options, reversed).error().error.code);
  FrameClient client(path_);
  EXPECT_TRUE(client.call(Message{1}));
  stop();
  {
    const Descriptor left(::socket(AF_UNIX, SOCK_STREAM, 0));
    const sockaddr_un address = *unix_address(path_);
    ASSERT_EQ(0, ::bind(left.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
  }
  ASSERT_TRUE(std::filesystem::exists(path_));
  serve();
  EXPECT_TRUE(client.call(Message{1}));
}

TEST_F(UnixSocket, LeavesForeignFilesAlone) {
  ASSERT_TRUE(write_text(path_, "precious"));
  FrameServerOptions options;
  options.path = path_;
  EXPECT_EQ(errc::net_not_listening, FrameServer::listen(options, reversed).error().error.code);
  EXPECT_EQ("precious", *read_text(path_));
}

TEST_F(UnixSocket, PathsAreBounded) {
  FrameServerOptions options;
  options.path = "/tmp/" + std::string(200, 'x');
  EXPECT_EQ(errc::net_path_too_long, FrameServer::listen(options, reversed).error().error.code);
  EXPECT_EQ(errc::net_path_too_long, FrameClient("").call(Message{1}).error().error.code);
}

TEST_F(UnixSocket, CallsTheIdleFunctionBetweenRequests) {
  std::promise<void> thrice;
  int count = 0;
  FrameServerOptions options;
  options.idle_period = Millis{5};
  options.on_idle = [&] {
    if (++count == 3) thrice.set_value();
  };
  serve(reversed, options);
  EXPECT_EQ(std::future_status::ready, thrice.get_future().wait_for(std::chrono::seconds(20)));
}

TEST_F(UnixSocket, StopFromInsideTheHandlerEndsRun) {
  serve([this](ByteView request) {
    server_->stop();
    return reversed(request);
  });
  FrameClient client(path_);
  EXPECT_TRUE(client.call(Message{1}));
  thread_.join();
  server_.reset();
}

}  // namespace
}  // namespace daymark::net
