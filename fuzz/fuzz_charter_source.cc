// Sources of charters: what is accepted makes a charter, or is refused by name; a charter that is
// made reads back with what the source said.
#include <cstdlib>

#include "daymark/crypto/random.h"
#include "daymark/order/charter_source.h"

namespace {

daymark::Outcome<daymark::crypto::PublicKeys> key_named(const std::string& name) {
  std::uint64_t seed = name.size();
  for (const char c : name)
    seed = seed * 131 + static_cast<unsigned char>(c);
  daymark::crypto::SeededRandom random(seed);
  return daymark::crypto::public_keys(
      daymark::crypto::generate_keys(name.substr(0, name.find('.')), random));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark::order;
  const auto spec = parse_charter_source(daymark::text_of({data, size}), key_named);
  if (!spec) {
    if (spec.error().subject.empty()) std::abort();
    return 0;
  }
  daymark::crypto::SeededRandom random(1);
  const auto encoded = charter_new(*spec, random);
  if (!encoded) return 0;
  const auto charter = parse_charter(*encoded);
  if (!charter) std::abort();
  const bool same = charter->name == spec->name && charter->party_count == spec->parties.size() &&
                    charter->beacon_count == spec->beacons.size() &&
                    charter->silence.action == spec->silence.action &&
                    charter->silence.sunset == spec->silence.sunset &&
                    charter->bounds.notice == spec->bounds.notice;
  if (!same) std::abort();
  return 0;
}
