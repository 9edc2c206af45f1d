// A witness or mirror as a service: judges checkpoints over HTTP, keeps its record in a folder.
//
//   POST /add-checkpoint   C2SP tlog-witness; for a mirror it first takes over the entries
//   GET  /vkey             what its cosignatures verify with
//   GET  /healthz          "ok"
//   GET  /checkpoint, /tile/…              a mirror's copy of its first log
//   GET  /log/<id>/checkpoint, …/tile/…    and of each log; <id> as log_id gives it
//
//   folder/heads/          the newest head cosigned of each log
//   folder/log-<id>/       a mirror's copy
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/base/time.h"
#include "daymark/net/http_server.h"
#include "daymark/tlog/note_writer.h"

namespace daymark::witness {

/// A log to watch.
struct WatchedLog {
  std::string vkey;  ///< type 01; its name is the origin
  std::string url;   ///< where its tiles are served; only mirrors need it
};

struct WitnessOptions {
  tlog::NoteSigner signer;
  std::vector<WatchedLog> logs;
  std::string folder;  ///< made where missing; lost, the key must not be used again
  bool mirror = false;
  /// A mirror's second key: with it `signer` cosigns as a witness whatever is stored.
  std::optional<tlog::NoteSigner> mirror_signer;
  net::HttpServerOptions server;
  Millis fetch_timeout = seconds(10);           ///< for each bundle that a mirror takes over
  std::function<void(const std::string&)> log;  ///< one line for each refusal; may be empty
};

/// The first 16 hexadecimal digits of SHA-256(origin).
[[nodiscard]] std::string log_id(std::string_view origin);

/// Answers requests; one thread at a time. Acknowledges nothing that is not on disk.
class WitnessService {
 public:
  /// `clock` must outlive the service. Errors: errc::witness_no_log, errc::witness_no_source,
  /// errc::witness_log_twice, errc::note_vkey, errc::folder_locked where another process runs on
  /// the folder, those of the stores.
  [[nodiscard]] static Outcome<WitnessService> open(WitnessOptions options, Clock& clock);

  WitnessService(WitnessService&&) noexcept;
  WitnessService& operator=(WitnessService&&) noexcept;
  WitnessService(const WitnessService&) = delete;
  WitnessService& operator=(const WitnessService&) = delete;
  ~WitnessService();

  [[nodiscard]] net::HttpResponse answer(const net::HttpRequest& request);

  /// Of type 04.
  [[nodiscard]] std::string vkey() const;

 private:
  struct Core;
  explicit WitnessService(std::unique_ptr<Core> core);

  std::unique_ptr<Core> core_;
};

/// Serves until SIGINT or SIGTERM; `on_ready` gets the URL once requests are taken. The server runs
/// on one thread, whatever the options say. Errors: those of WitnessService::open and
/// HttpServer::listen.
[[nodiscard]] Outcome<void> run_witness(WitnessOptions options, Clock& clock,
                                        const std::function<void(const std::string&)>& on_ready);

}  // namespace daymark::witness
