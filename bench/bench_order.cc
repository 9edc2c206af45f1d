// One order from submission to the governor's receipt, step by step, as one line of JSON in
// microseconds: bench_order ORDER_FILE AUTHORITY_URL GOVERNOR_SOCKET CREDENTIAL.
//
// Carries the order as the agent does, but without the agent's wait between two cycles.
#include "figures.h"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/authority/client.h"
#include "daymark/authority/grant_folder.h"
#include "daymark/base/file.h"
#include "daymark/net/unix_socket.h"
#include "daymark/order/order_file.h"

namespace {

using namespace daymark;
using bench::require;
using Json = nlohmann::ordered_json;

struct Parts {
  std::vector<Byte> file;
  authority::AuthorityClient authority;
  governor::Client governor;
};

/// Submits, fetches, applies, posts the receipt; adds what each took to `steps`.
void carry(Parts& parts, Json& steps) {
  std::string answer;
  steps["submit"] = bench::microseconds_of([&] {
    auto submitted = parts.authority.submit(parts.file);
    require(submitted.has_value(), "the authority refuses the order");
    answer = *std::move(submitted);
  });
  const Json document = Json::parse(answer, nullptr, false);
  require(document.is_object() && document.contains("steps_us"), "the answer names no steps");
  steps["inside"] = document["steps_us"];
  governor::OrderParts order;
  steps["fetch"] = bench::microseconds_of([&] {
    auto message = parts.authority.message(document["hash"].get<std::string>());
    require(message.has_value(), "the authority does not hand out the order");
    order = *std::move(message);
  });
  std::vector<Byte> receipt;
  steps["govern"] = bench::microseconds_of([&] {
    auto applied = parts.governor.apply(order);
    require(applied.has_value(), "the governor refuses the order");
    receipt = applied->bytes;
  });
  steps["report"] = bench::microseconds_of([&] {
    require(parts.authority.post_receipt(receipt).has_value(), "the receipt is refused");
  });
}

}  // namespace

int main(int argc, char** argv) {
  require(argc == 5, "usage: bench_order ORDER_FILE AUTHORITY_URL GOVERNOR_SOCKET CREDENTIAL");
  auto file = read_file(argv[1], order::order_file_size_max);
  require(file.has_value(), "the order can't be read");
  const auto socket = std::make_shared<net::FrameClient>(argv[3]);
  auto credential = authority::read_credential(argv[4]);
  require(credential.has_value(), "the credential can't be read");
  Parts parts{*std::move(file), authority::AuthorityClient(argv[2], {*std::move(credential)}),
              governor::Client([socket](ByteView request) { return socket->call(request); })};
  // The chip's key is asked for once in an agent's life, not for each order.
  require(parts.governor.identify().has_value(), "no governor answers");
  Json steps;
  steps["total"] = 0;
  steps["total"] = bench::microseconds_of([&] { carry(parts, steps); });
  fmt::print("{}\n", steps.dump());
}
