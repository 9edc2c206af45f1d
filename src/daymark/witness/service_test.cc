#include "daymark/witness/service.h"

#include <array>
#include <csignal>
#include <filesystem>
#include <optional>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daymark/base/file.h"
#include "daymark/net/errors.h"
#include "daymark/net/http_testing.h"
#include "daymark/net/log_client.h"
#include "daymark/net/log_files.h"
#include "daymark/net/witness_client.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/log_store.h"
#include "daymark/witness/errors.h"

namespace daymark::witness {
namespace {

constexpr const char* origin = "log.example/1";

class FixedClock final : public Clock {
 public:
  UnixMillis now() override { return {1'700'000'000'000}; }

  TickMillis tick() override { return {0}; }
};

tlog::NoteSigner signer(const std::string& name, Byte number) {
  tlog::NoteSigner out{name, {}};
  out.key.seed.fill(number);
  return out;
}

Errc code_of(const auto& outcome) {
  return outcome ? Errc{} : outcome.error().error.code;
}

class WitnessServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/daymark-witness-XXXXXX";
    ASSERT_NE(nullptr, ::mkdtemp(name.data()));
    folder_ = name;
    log_.emplace(make_log("log"));
  }

  void TearDown() override {
    witness_server_.reset();
    service_.reset();
    log_.reset();
    std::filesystem::remove_all(folder_);
  }

  [[nodiscard]] tlog::LogStore make_log(const std::string& name) const {
    auto log = tlog::LogStore::create(folder_ + "/" + name, signer(origin, 1));
    EXPECT_TRUE(log) << log.error().detail;
    return *std::move(log);
  }

  /// The log's files, with one of them changed or missing if the test says so.
  net::HttpResponse serve_log(const net::HttpRequest& request) {
    ++fetches_;
    if (request.path == withheld_) return net::text_response(404, "gone");
    net::HttpResponse response = net::log_response(request.path, [this](const std::string& name) {
      return read_file(folder_ + "/log/" + name);
    });
    if (request.path == altered_) response.body.back() ^= 1;
    return response;
  }

  [[nodiscard]] WitnessOptions options(bool mirror) const {
    WitnessOptions out;
    out.signer = signer(mirror ? "mirror.example" : "witness.example", 2);
    out.logs = {{tlog::format_vkey(signer(origin, 1), tlog::type_ed25519), log_server_.url()}};
    out.folder = folder_ + "/witness";
    out.mirror = mirror;
    out.mirror_signer = keeper_;
    return out;
  }

  void start(bool mirror) {
    witness_server_.reset();
    service_.reset();
    auto service = WitnessService::open(options(mirror), clock_);
    ASSERT_TRUE(service) << service.error().subject << service.error().detail;
    service_.emplace(*std::move(service));
    witness_server_.emplace(
        [this](const net::HttpRequest& request) { return service_->answer(request); });
  }

  void append(tlog::LogStore& log, int count, const std::string& prefix = "entry ") {
    std::vector<std::string> entries;
    for (int i = 0; i < count; ++i) {
      entries.push_back(prefix + std::to_string(log.head().size.value + entries.size()));
    }
    std::vector<ByteView> views;
    for (const std::string& entry : entries)
      views.push_back(bytes_of(entry));
    ASSERT_TRUE(views.empty() || log.append(views));
  }

  Outcome<std::string> cosign(tlog::LogStore& log, TreeSize known = {0}) {
    return cosign_by(service_->vkey(), log, known);
  }

  Outcome<std::string> cosign_by(const std::string& vkey, tlog::LogStore& log,
                                 TreeSize known = {0}) {
    DAYMARK_TRY(const std::string checkpoint, log.sign_checkpoint());
    return net::request_cosignature({witness_server_->url(), vkey},
                                    {checkpoint, known, [&log](TreeSize older, TreeSize newer) {
                                       return log.consistency_path(older, newer);
                                     }});
  }

  [[nodiscard]] std::string get(const std::string& path) const {
    const auto response = net::http_get(witness_server_->url(path));
    if (!response) return response.error().detail;
    return response->status == 200 ? response->body : std::to_string(response->status);
  }

  [[nodiscard]] unsigned post(const std::string& body) const {
    const auto response = net::http_post(witness_server_->url("/add-checkpoint"), {body});
    return response ? response->status : 0;
  }

  std::string folder_;
  FixedClock clock_;
  std::atomic<int> fetches_{0};
  std::string withheld_;
  std::string altered_;
  std::optional<tlog::NoteSigner> keeper_;
  std::optional<tlog::LogStore> log_;
  net::RunningServer log_server_{
      [this](const net::HttpRequest& request) { return serve_log(request); }};
  std::optional<WitnessService> service_;
  std::optional<net::RunningServer> witness_server_;
};

TEST_F(WitnessServiceTest, CosignsALogAsItGrows) {
  start(false);
  for (const int count : {1, 4, 300, 0}) {
    append(*log_, count);
    const auto cosigned = cosign(*log_);
    ASSERT_TRUE(cosigned) << cosigned.error().detail;
    const auto parsed = tlog::parse_checkpoint(*cosigned);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(log_->head(), parsed->head);
    EXPECT_EQ(clock_.now(),
              *tlog::verify_cosignature(*parsed, *tlog::parse_vkey(service_->vkey())));
    EXPECT_TRUE(log_->publish(*cosigned));
  }
  EXPECT_EQ(0, fetches_) << "a witness doesn't need the entries";
}

TEST_F(WitnessServiceTest, SaysWhoItIs) {
  start(false);
  EXPECT_EQ(service_->vkey() + "\n", get("/vkey"));
  EXPECT_EQ("ok\n", get("/healthz"));
  EXPECT_EQ("404", get("/checkpoint")) << "only mirrors have copies";
  EXPECT_EQ("404", get("/"));
  EXPECT_EQ("405", get("/add-checkpoint"));
  EXPECT_EQ(405U, net::http_post(witness_server_->url("/vkey"), {"x"})->status);
}

TEST_F(WitnessServiceTest, RefusesByName) {
  start(false);
  append(*log_, 3);
  const std::string good = *log_->sign_checkpoint();
  EXPECT_EQ(400U, post(""));
  EXPECT_EQ(400U, post("old 0\n\nnonsense"));
  const std::string body = tlog::checkpoint_body("other.example", log_->head());
  const tlog::NoteSigner other = signer("other.example", 1);
  EXPECT_EQ(404U, post("old 0\n\n" + tlog::make_note(body, tlog::sign_body(other, body))));
  const std::string own = tlog::checkpoint_body(origin, log_->head());
  const tlog::NoteSigner thief = signer(origin, 9);
  EXPECT_EQ(403U, post("old 0\n\n" + tlog::make_note(own, tlog::sign_body(thief, own))));
  EXPECT_EQ(200U, post("old 0\n\n" + good));
  EXPECT_EQ(409U, post("old 0\n\n" + good));
  const auto named = net::http_post(witness_server_->url("/add-checkpoint"), {"old x\n\n" + good});
  EXPECT_EQ("witness_request\n", named->body);
}

TEST_F(WitnessServiceTest, NeverCosignsTwoHistoriesNotEvenAfterARestart) {
  start(false);
  append(*log_, 10);
  ASSERT_TRUE(cosign(*log_));
  tlog::LogStore other = make_log("other");
  append(other, 20, "another ");
  EXPECT_EQ(errc::net_witness_refused, code_of(cosign(other)));
  tlog::LogStore smaller = make_log("smaller");
  append(smaller, 9);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(errc::net_witness_refused, code_of(cosign(other, {10})));
    EXPECT_EQ(errc::net_witness_ahead, code_of(cosign(smaller)));
    start(false);
  }
  append(*log_, 1);
  EXPECT_TRUE(cosign(*log_, {10}));
}

TEST_F(WitnessServiceTest, OneProcessAFolder) {
  start(false);
  EXPECT_EQ(errc::folder_locked, code_of(WitnessService::open(options(false), clock_)));
}

TEST_F(WitnessServiceTest, OptionsAreChecked) {
  WitnessOptions none = options(true);
  none.logs.clear();
  EXPECT_EQ(errc::witness_no_log, code_of(WitnessService::open(none, clock_)));
  WitnessOptions sourceless = options(true);
  sourceless.logs.front().url.clear();
  EXPECT_EQ(errc::witness_no_source, code_of(WitnessService::open(sourceless, clock_)));
  WitnessOptions twice = options(false);
  twice.logs.push_back(twice.logs.front());
  EXPECT_EQ(errc::witness_log_twice, code_of(WitnessService::open(twice, clock_)));
  WitnessOptions wrong = options(false);
  wrong.logs.front().vkey = "nonsense";
  EXPECT_EQ(errc::note_vkey, code_of(WitnessService::open(wrong, clock_)));
  WitnessOptions secure = options(true);
  secure.logs.front().url = "ftp://log.example/";
  EXPECT_EQ(errc::net_url_scheme, code_of(WitnessService::open(secure, clock_)));
}

TEST_F(WitnessServiceTest, MirrorServesWhatItCosigns) {
  start(true);
  const std::string prefix = "/log/" + log_id(origin);
  for (const int count : {3, 300, 256, 1}) {
    append(*log_, count);
    const auto cosigned = cosign(*log_);
    ASSERT_TRUE(cosigned) << cosigned.error().detail;
    EXPECT_EQ(*cosigned, get("/checkpoint")) << "the log's signature and its own";
    EXPECT_EQ(*cosigned, get(prefix + "/checkpoint"));
    const TreeSize size = log_->head().size;
    const auto copy = net::fetch_entries(witness_server_->url(), {{0}, size});
    const auto original = net::fetch_entries(log_server_.url(), {{0}, size});
    ASSERT_TRUE(copy && original);
    EXPECT_EQ(*original, *copy);
    EXPECT_EQ(size.value, copy->size());
    EXPECT_EQ(get("/tile/0/000"), get(prefix + "/tile/0/000"));
  }
  EXPECT_EQ(read_text(folder_ + "/log/tile/0/000").value(), get("/tile/0/000"));
  EXPECT_EQ("404", get("/log/0000000000000000/checkpoint"));
  for (const auto* path : {"/tile/../heads", "/tile/", "/tile/0/999", "/tile/0/000.p/0", "/lock"}) {
    EXPECT_EQ("404", get(path)) << path;
  }
}

TEST_F(WitnessServiceTest, MirrorTakesOverOnlyWhatIsNew) {
  start(true);
  append(*log_, 256);
  ASSERT_TRUE(cosign(*log_));
  fetches_ = 0;
  append(*log_, 2);
  ASSERT_TRUE(cosign(*log_));
  EXPECT_EQ(1, fetches_);
  ASSERT_TRUE(cosign(*log_));
  EXPECT_EQ(1, fetches_) << "nothing new, nothing fetched";
}

TEST_F(WitnessServiceTest, MirrorDoesNotCosignWhatItCannotServe) {
  start(true);
  append(*log_, 5);
  withheld_ = "/tile/entries/000.p/5";
  const auto refused = cosign(*log_);
  EXPECT_EQ(errc::net_witness_refused, code_of(refused));
  EXPECT_EQ("status 503: mirror_not_stored", refused.error().detail);
  EXPECT_EQ("404", get("/checkpoint"));
  withheld_.clear();
  altered_ = "/tile/entries/000.p/5";
  EXPECT_EQ(errc::net_witness_refused, code_of(cosign(*log_)));
  altered_.clear();
  EXPECT_TRUE(cosign(*log_)) << "nothing bad was kept";
}

TEST_F(WitnessServiceTest, MirrorWithAKeyOfItsOwnWitnessesWhatItCannotServe) {
  keeper_ = signer("keeper.example", 3);
  start(true);
  append(*log_, 5);
  withheld_ = "/tile/entries/000.p/5";
  EXPECT_TRUE(cosign(*log_));
  const std::string keeper = tlog::format_vkey(*keeper_, tlog::type_cosignature);
  EXPECT_EQ(errc::checkpoint_uncosigned, code_of(cosign_by(keeper, *log_)));
  EXPECT_EQ("404", get("/checkpoint")) << "it serves nothing that it lacks";
  withheld_.clear();
  EXPECT_TRUE(cosign_by(keeper, *log_));
  EXPECT_NE(std::string::npos, get("/checkpoint").find("keeper.example"));
}

TEST_F(WitnessServiceTest, MirrorFetchesNothingForStrangersOrBrokenPromises) {
  start(true);
  append(*log_, 5);
  const std::string body = tlog::checkpoint_body(origin, log_->head());
  EXPECT_EQ(403U,
            post("old 0\n\n" + tlog::make_note(body, tlog::sign_body(signer(origin, 9), body))));
  ASSERT_TRUE(cosign(*log_));
  fetches_ = 0;
  tlog::LogStore other = make_log("other");
  append(other, 9, "another ");
  EXPECT_EQ(errc::net_witness_refused, code_of(cosign(other, {5})));
  EXPECT_EQ(0, fetches_);
}

TEST_F(WitnessServiceTest, MirrorSurvivesAHeadWithoutEnd) {
  start(true);
  const tlog::TreeHead huge{{std::uint64_t{1} << 62}, Digest{}};
  const std::string body = tlog::checkpoint_body(origin, huge);
  const tlog::NoteSigner log = signer(origin, 1);
  EXPECT_EQ(503U, post("old 0\n\n" + tlog::make_note(body, tlog::sign_body(log, body))));
}

TEST_F(WitnessServiceTest, MirrorKeepsItsCopyOverRestarts) {
  start(true);
  append(*log_, 270);
  ASSERT_TRUE(cosign(*log_));
  const std::string before = get("/checkpoint");
  start(true);
  EXPECT_EQ(before, get("/checkpoint"));
  fetches_ = 0;
  append(*log_, 10);
  ASSERT_TRUE(cosign(*log_));
  EXPECT_EQ(1, fetches_);
}

TEST_F(WitnessServiceTest, MirrorLeavesForeignSignaturesOut) {
  start(true);
  append(*log_, 2);
  const std::string body = tlog::checkpoint_body(origin, log_->head());
  std::string lines = tlog::sign_body(signer(origin, 1), body);
  ASSERT_TRUE(log_->sign_checkpoint());
  for (Byte i = 10; i < 25; ++i)
    lines += tlog::sign_body(signer("stranger.example", i), body);
  EXPECT_EQ(200U, post("old 0\n\n" + tlog::make_note(body, lines)));
  EXPECT_FALSE(get("/checkpoint").contains("stranger"));
}

/// A witness in a process of its own, which says its URL through a pipe.
class Process {
 public:
  Process(const WitnessOptions& options, Clock& clock) {
    std::array<int, 2> ends{};
    EXPECT_EQ(0, ::pipe(ends.data()));
    pid_ = ::fork();
    if (pid_ == 0) {
      const auto done = run_witness(options, clock, [&ends](const std::string& url) {
        [[maybe_unused]] const ssize_t put = ::write(ends[1], url.data(), url.size());
      });
      ::_exit(done ? 0 : 1);
    }
    ::close(ends[1]);
    std::array<char, 64> text{};
    const ssize_t size = ::read(ends[0], text.data(), text.size());
    url_.assign(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    ::close(ends[0]);
  }

  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  ~Process() {
    if (pid_ > 0) (void)end(SIGKILL);
  }

  [[nodiscard]] int end(int signal) {
    int status = 0;
    ::kill(pid_, signal);
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return status;
  }

  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  pid_t pid_ = -1;
  std::string url_;
};

TEST_F(WitnessServiceTest, StopsCleanlyOnSignals) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Process process(options(false), clock_);
    EXPECT_EQ("ok\n", net::http_get(process.url() + "/healthz")->body);
    const int status = process.end(signal);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(0, WEXITSTATUS(status));
  }
}

TEST_F(WitnessServiceTest, KillForgetsNothingThatItCosigned) {
  const std::string vkey = tlog::format_vkey(signer("witness.example", 2), tlog::type_cosignature);
  const auto consistency = [this](TreeSize older, TreeSize newer) {
    return log_->consistency_path(older, newer);
  };
  TreeSize cosigned{0};
  for (int round = 0; round < 5; ++round) {
    Process process(options(false), clock_);
    for (int i = 0; i <= 3 * round; ++i) {
      append(*log_, 1);
      const std::string checkpoint = *log_->sign_checkpoint();
      const auto done =
          net::request_cosignature({process.url(), vkey}, {checkpoint, cosigned, consistency});
      ASSERT_TRUE(done) << done.error().detail;
      cosigned = log_->head().size;
    }
    EXPECT_TRUE(WIFSIGNALED(process.end(SIGKILL)));
  }
  const Process process(options(false), clock_);
  const std::string text = *log_->sign_checkpoint();
  const auto answer = net::http_post(process.url() + "/add-checkpoint", {"old 0\n\n" + text});
  EXPECT_EQ(std::to_string(cosigned.value) + "\n", answer->body);
}

}  // namespace
}  // namespace daymark::witness
