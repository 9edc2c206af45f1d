#include "daymark/authority/authority.h"

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
      door_(parts_.grants),
      orders_(*parts_.records, *parts_.publisher, *parts_.clock, parts_.charter),
      batches_(*parts_.records, orders_, *parts_.clock, *parts_.random),
      appeals_(*parts_.records, *parts_.publisher, orders_),
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
  if (request.method == "GET" && is_log_file(request.path)) {
    return log_file(*parts_.publisher, request.path);
  }
  bool known_path = false;
  for (const Route& route : routes()) {
    auto arguments = match(route.pattern, request.path);
    if (!arguments) continue;
    known_path = true;
    if (route.method != request.method) continue;
    // Before the queue: who may not come in takes nobody's place.
    const Outcome<Caller> caller = door_.admit(request, route.roles);
    if (!caller) return error_response(caller.error());
    const Turn turn(waiting_);
    if (!turn.granted()) return error_response(Failure(errc::authority_busy, request.path));
    const std::scoped_lock lock(mutex_);
    Outcome<net::HttpResponse> response =
        route.handler(*this, {&request, std::move(*arguments), *caller});
    return response ? std::move(*response) : error_response(response.error());
  }
  return error_response(Failure(known_path ? errc::authority_method : errc::authority_not_found,
                                request.method + " " + request.path));
}

}  // namespace daymark::authority
