// URLs: what parses prints to a text that parses to the same; nothing that could split a request
// gets through.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daymark/base/bytes.h"
#include "daymark/net/endpoint.h"
#include "daymark/net/url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daymark;
  const std::string_view text = text_of(ByteView(data, size));
  if (const auto endpoint = net::parse_endpoint(text)) {
    if (net::parse_endpoint(net::print_endpoint(*endpoint)) != endpoint) std::abort();
  }
  const auto url = net::parse_url(text);
  if (!url) return 0;
  const auto again = net::parse_url(net::print_url(*url));
  if (!again || again->host != url->host || again->port != url->port || again->tls != url->tls) {
    std::abort();
  }
  if (again->target != url->target || !url->target.starts_with('/')) std::abort();
  const auto is_unsafe = [](char c) { return c <= ' ' || c > '~'; };
  if (std::ranges::any_of(url->host + url->target, is_unsafe)) std::abort();
  return 0;
}
