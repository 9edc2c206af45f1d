// Reference values that stand under the built-in root can be read without judging them, too; what
// is read has each index once.
#include <cstdlib>
#include <set>

#include "daymark/evidence/nvidia/rim.h"

namespace {

using namespace daymark;

const evidence::RimVerifier& verifier() {
  static const auto made = evidence::RimVerifier::create();
  if (!made) std::abort();
  return *made;
}

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const std::vector<evidence::RimMeasurement>& measurements) {
  std::set<std::uint32_t> indexes;
  for (const evidence::RimMeasurement& one : measurements) {
    require(indexes.insert(one.index).second && one.index < 255);
    require(!one.alternatives.empty());
    require(one.alternatives.size() <= evidence::rim_alternatives_max);
  }
  require(!indexes.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  const auto content = evidence::read_rim(input);
  if (content) check(content->measurements);
  const auto measurements = evidence::read_rim_measurements(input);
  if (measurements) check(*measurements);
  require(!content || !measurements);
  const auto rim = verifier().verify(input);
  require(!rim || (content && !rim->golden().empty()));
  return 0;
}
