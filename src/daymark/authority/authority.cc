#include "daymark/authority/authority.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "daymark/authority/error_status.h"
#include "daymark/authority/errors.h"
#include "daymark/authority/routes.h"

namespace daymark::authority {

namespace {

/// A place in the queue for the lock.
class Turn {
 public:
  explicit Turn(std::atomic<int>& waiting) : waiting_(waiting), place_(++waiting) {}

  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  Turn(Turn&&) = delete;
  Turn& operator=(Turn&&) = delete;

  ~Turn() { --waiting_; }

  [[nodiscard]] bool granted() const { return place_ <= waiting_max; }

 private:
  std::atomic<int>& waiting_;
  int place_;
};

/// A refusal that says when to come again (RFC 9110 §10.2.3), in whole seconds.
net::HttpResponse later(const Failure& failure, Millis wait) {
  net::HttpResponse out = error_response(failure);
  out.headers.push_back({"Retry-After", std::to_string((wait.value + 999) / 1000)});
  return out;
}

net::HttpResponse log_file(const Publisher& publisher, std::string_view path) {
  const Outcome<std::vector<Byte>> content = publisher.resource(std::string(path.substr(1)));
  if (!content) return error_response(Failure(errc::authority_not_found, std::string(path)));
  return {.status = 200,
          .content_type = "application/octet-stream",
          .body = std::string(text_of(*content)),
          .headers = {}};
}

}  // namespace

Authority::Authority(AuthorityParts parts)
    : parts_(std::move(parts)),
      door_(parts_.grants, parts_.rate, *parts_.clock),
      orders_(*parts_.records, *parts_.archive, *parts_.publisher, *parts_.clock, parts_.charter),
      batches_({*parts_.records, *parts_.archive, parts_.renewals->chips()}, orders_, *parts_.clock,
               *parts_.random),
      leaves_(*parts_.records, *parts_.archive),
      appeals_(*parts_.records, *parts_.publisher, orders_),
      findings_(*parts_.records, *parts_.publisher, orders_),
      chips_(*parts_.records, *parts_.clock) {}

Outcome<void> Authority::start() {
  const std::scoped_lock lock(mutex_);
  return orders_.load();
}

Outcome<PendingReport> Authority::publish_pending() {
  const std::scoped_lock lock(mutex_);
  return orders_.publish_pending();
}

net::HttpResponse Authority::handle(const net::HttpRequest& request) {
  net::HttpResponse out = answer(request);
  tally_.count(out.status);
  return out;
}

net::HttpResponse Authority::answer(const net::HttpRequest& request) {
  if (request.method == "GET" && is_log_file(request.path)) {
    return log_file(*parts_.publisher, request.path);
  }
  bool known_path = false;
  for (const Route& route : routes()) {
    auto arguments = match(route.pattern, request.path);
    if (!arguments) continue;
    known_path = true;
    if (route.method == request.method) return call(route, {&request, std::move(*arguments), {}});
  }
  return error_response(Failure(known_path ? errc::authority_method : errc::authority_not_found,
                                request.method + " " + request.path));
}

/// Who may not come in takes nobody's place in the queue.
net::HttpResponse Authority::call(const Route& route, RouteCall call) {
  const net::HttpRequest& request = *call.request;
  Outcome<Caller> caller = door_.admit(request, route.roles);
  if (!caller) return error_response(caller.error());
  call.caller = std::move(*caller);
  if (const Millis wait = door_.wait_of(call.caller); wait.value > 0) {
    return later(Failure(errc::authority_rate, request.path), wait);
  }
  if (request.body.size() > route.body_max) {
    return error_response(Failure(errc::authority_body_large, request.path,
                                  fmt::format("limit {} bytes", route.body_max)));
  }
  const Turn turn(waiting_);
  if (!turn.granted()) return later(Failure(errc::authority_busy, request.path), seconds(1));
  const std::scoped_lock lock(mutex_);
  Outcome<net::HttpResponse> response = route.handler(*this, call);
  return response ? std::move(*response) : error_response(response.error());
}

std::vector<std::string> Authority::peer_urls() {
  const std::scoped_lock lock(mutex_);
  const Result<order::Charter> charter = orders_.charter();
  if (!charter) return {};
  std::vector<std::string> out = urls_of(charter->log_policy);
  std::ranges::move(urls_of(charter->mirror_policy), std::back_inserter(out));
  return out;
}

PeerCount Authority::count_peers(std::span<const std::string> urls) const {
  const auto answers = [&](const std::string& url) {
    return parts_.peers != nullptr && parts_.peers->reachable(url);
  };
  return {static_cast<std::uint64_t>(std::ranges::count_if(urls, answers)), urls.size()};
}

}  // namespace daymark::authority
