// The routes of docs/formats/api.md, one function each. Host only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/authority/authority.h"

namespace daymark::authority {

/// A matched request: `arguments` are the path's parts that stood for '*'.
struct RouteCall {
  const net::HttpRequest* request = nullptr;
  std::vector<std::string_view> arguments;
  Caller caller;
};

using RouteHandler = Outcome<net::HttpResponse> (*)(Authority& authority, const RouteCall& call);

struct Route {
  std::string_view method;
  std::string_view pattern;  ///< "/chips/*/attestation"
  Roles roles;               ///< who may call it
  RouteHandler handler;
  std::size_t body_max = 0;  ///< bytes of a request's body
};

/// The largest body that any route takes.
[[nodiscard]] std::size_t largest_body();

/// All routes but the log's static files.
[[nodiscard]] std::span<const Route> routes();

/// The parts that stood for '*', if the path fits the pattern.
[[nodiscard]] std::optional<std::vector<std::string_view>> match(std::string_view pattern,
                                                                 std::string_view path);

/// Whether the path is one of the log's static files.
[[nodiscard]] bool is_log_file(std::string_view path);

}  // namespace daymark::authority
