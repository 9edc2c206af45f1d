#include "daymark/witness/service.h"

#include <set>

#include <fmt/format.h>

#include "daymark/base/error_table.h"
#include "daymark/base/hex.h"
#include "daymark/net/signals.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/witness.h"
#include "daymark/tlog/witness_store.h"
#include "daymark/witness/archive_internal.h"
#include "daymark/witness/errors.h"

namespace daymark::witness {

namespace {

/// Origins are given once each; another key for one origin would be a second log of that name.
Outcome<void> check_logs(const std::vector<WatchedLog>& logs) {
  if (logs.empty()) return refuse(errc::witness_no_log, "");
  std::set<std::string, std::less<>> origins;
  for (const WatchedLog& log : logs) {
    DAYMARK_TRY(const tlog::VerifierKey key, about(tlog::parse_vkey(log.vkey), log.vkey));
    if (!origins.emplace(key.name).second) {
      return refuse(errc::witness_log_twice, std::string(key.name));
    }
  }
  return {};
}

net::HttpResponse response_of(const tlog::WitnessAnswer& answer) {
  net::HttpResponse response;
  response.status = static_cast<unsigned>(answer.status);
  response.content_type = answer.content_type;
  response.body = answer.body;
  // C2SP leaves the body of a refusal open: it names the rule, for whoever reads it.
  if (answer.why && answer.body.empty()) {
    response.body = fmt::format("{}\n", entry_of(answer.why->error.code).name);
  }
  return response;
}

bool lacks_entries(const tlog::WitnessAnswer& answer) {
  return answer.why && answer.why->error.code == errc::mirror_not_stored;
}

}  // namespace

std::string log_id(std::string_view origin) {
  return to_hex(ByteView(crypto::sha256(bytes_of(origin))).first(8));
}

struct WitnessService::Core {
  Core(WitnessOptions given, tlog::FileWitnessStore heads_store, Clock& clock)
      : options(std::move(given)),
        heads(std::move(heads_store)),
        archive(options.fetch_timeout),
        judge(options.signer, heads, clock, mirror_role()) {}

  [[nodiscard]] tlog::MirrorRole mirror_role() {
    return options.mirror ? tlog::MirrorRole{&archive, options.mirror_signer} : tlog::MirrorRole{};
  }

  [[nodiscard]] tlog::WitnessAnswer add_checkpoint(std::string_view request);
  [[nodiscard]] Outcome<void> take_over(std::string_view request);
  [[nodiscard]] Outcome<void> publish(std::string_view request, std::string_view cosignature);
  void note(const std::string& line) const;

  WitnessOptions options;
  tlog::FileWitnessStore heads;
  Archive archive;
  tlog::Witness judge;
};

void WitnessService::Core::note(const std::string& line) const {
  if (options.log) options.log(line);
}

/// A mirror takes entries over only for a checkpoint that it would cosign but for them: signed by
/// the log and consistent with what it cosigned before.
tlog::WitnessAnswer WitnessService::Core::add_checkpoint(std::string_view request) {
  tlog::WitnessAnswer answer = judge.add_checkpoint(request);
  if (options.mirror && lacks_entries(answer)) {
    const Outcome<void> taken = take_over(request);
    if (!taken) note(describe(taken.error()));
    answer = judge.add_checkpoint(request, tlog::Lacking::cosign_as_witness);
  }
  if (answer.status != 200) {
    if (answer.why) note(fmt::format("refused with {}: {}", answer.status, describe(*answer.why)));
    return answer;
  }
  const Outcome<void> published = options.mirror ? publish(request, answer.body) : Outcome<void>();
  if (published) return answer;
  // The head is recorded, but the cosignature is not given: the log asks again.
  note(describe(published.error()));
  tlog::WitnessAnswer refused;
  refused.status = 500;
  refused.why = published.error();
  return refused;
}

Outcome<void> WitnessService::Core::take_over(std::string_view request) {
  DAYMARK_TRY(const tlog::AddCheckpoint parsed, tlog::parse_add_checkpoint(request));
  DAYMARK_TRY(const tlog::Checkpoint checkpoint, tlog::parse_checkpoint(parsed.checkpoint));
  return archive.take_over(checkpoint);
}

Outcome<void> WitnessService::Core::publish(std::string_view request,
                                            std::string_view cosignature) {
  DAYMARK_TRY(const tlog::AddCheckpoint parsed, tlog::parse_add_checkpoint(request));
  DAYMARK_TRY(const tlog::Checkpoint checkpoint, tlog::parse_checkpoint(parsed.checkpoint));
  // As a witness alone it has cosigned what it can't serve.
  if (!archive.stored_through(checkpoint.origin, checkpoint.head)) return {};
  return archive.publish(checkpoint, cosignature);
}

WitnessService::WitnessService(std::unique_ptr<Core> core) : core_(std::move(core)) {}

WitnessService::WitnessService(WitnessService&&) noexcept = default;
WitnessService& WitnessService::operator=(WitnessService&&) noexcept = default;
WitnessService::~WitnessService() = default;

Outcome<WitnessService> WitnessService::open(WitnessOptions options, Clock& clock) {
  DAYMARK_CHECK(check_logs(options.logs));
  DAYMARK_TRY(tlog::FileWitnessStore heads,
              tlog::FileWitnessStore::open(options.folder + "/heads"));
  auto core = std::make_unique<Core>(std::move(options), std::move(heads), clock);
  for (const WatchedLog& log : core->options.logs) {
    DAYMARK_CHECK(about(core->judge.add_log(log.vkey), log.vkey));
    if (core->options.mirror) DAYMARK_CHECK(core->archive.add(log, core->options.folder));
  }
  return WitnessService(std::move(core));
}

net::HttpResponse WitnessService::answer(const net::HttpRequest& request) {
  if (request.path == "/add-checkpoint") {
    if (request.method != "POST") return net::text_response(405, "Only POST.");
    return response_of(core_->add_checkpoint(request.body));
  }
  if (request.method != "GET") return net::text_response(405, "Only GET.");
  if (request.path == "/vkey") return net::text_response(200, vkey());
  if (request.path == "/healthz") return net::text_response(200, "ok");
  return core_->archive.serve(request.path);
}

std::string WitnessService::vkey() const {
  return core_->judge.vkey();
}

Outcome<void> run_witness(WitnessOptions options, Clock& clock,
                          const std::function<void(const std::string&)>& on_ready) {
  net::HttpServerOptions server_options = options.server;
  server_options.threads = 1;
  DAYMARK_TRY(WitnessService service, WitnessService::open(std::move(options), clock));
  DAYMARK_TRY(net::HttpServer server,
              net::HttpServer::listen(server_options, [&service](const net::HttpRequest& request) {
                return service.answer(request);
              }));
  const net::StopSignals signals([&server] { server.stop(); });
  on_ready(server.url());
  server.run();
  return {};
}

}  // namespace daymark::witness
