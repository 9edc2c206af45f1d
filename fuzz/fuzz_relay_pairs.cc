// Pairs of a relay: what is accepted is within the relay's bounds and leads to addresses that it
// can read; what is refused is named.
#include <cstdlib>

#include "daymark/base/bytes.h"
#include "daymark/beacon/relay_pairs.h"
#include "daymark/net/endpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark;
  const auto pairs = beacon::parse_relay_pairs(text_of({data, size}));
  if (!pairs) {
    if (!pairs.error().subject.starts_with("pairs")) std::abort();
    return 0;
  }
  if (pairs->empty() || pairs->size() > beacon::relay_pairs_max) std::abort();
  for (const beacon::RelayPair& pair : *pairs) {
    const bool delay =
        pair.round_trip.value >= 0 && pair.round_trip <= beacon::relay_round_trip_max;
    if (!delay || !net::parse_endpoint(pair.listen) || !net::parse_endpoint(pair.target)) {
      std::abort();
    }
  }
  return 0;
}
