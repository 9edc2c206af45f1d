// Where a monitor reads a log: over HTTP, or from a test's memory. Host only.
#pragma once

#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/net/http_client.h"
#include "daymark/net/log_client.h"

namespace daymark::monitor {

/// One place that serves a tiled log: the log itself or a mirror. What it says is not trusted.
class LogSource {
 public:
  virtual ~LogSource() = default;

  /// What findings call it.
  [[nodiscard]] virtual const std::string& name() const = 0;
  /// The published checkpoint. Errors: those of net/log_client.h.
  [[nodiscard]] virtual Outcome<std::string> checkpoint() = 0;
  /// Errors: as above. errc::net_unreachable, errc::net_timeout and errc::net_closed say nothing of
  /// what the place holds; any other error counts as not serving.
  [[nodiscard]] virtual Outcome<std::vector<std::vector<Byte>>> entries(net::EntryRange range) = 0;
};

/// Over HTTP, bounded by `limits`.
class HttpLogSource final : public LogSource {
 public:
  explicit HttpLogSource(std::string url, net::HttpLimits limits = {})
      : url_(std::move(url)), limits_(limits) {}

  [[nodiscard]] const std::string& name() const override { return url_; }

  [[nodiscard]] Outcome<std::string> checkpoint() override {
    return net::fetch_checkpoint(url_, limits_);
  }

  [[nodiscard]] Outcome<std::vector<std::vector<Byte>>> entries(net::EntryRange range) override {
    return net::fetch_entries(url_, range, limits_);
  }

 private:
  std::string url_;
  net::HttpLimits limits_;
};

}  // namespace daymark::monitor
