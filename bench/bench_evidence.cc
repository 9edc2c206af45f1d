// Verifications of a real H100 report per second, on one core: with the chain verified each time,
// and with the chain remembered.
#include <cstdlib>
#include <ctime>
#include <functional>

#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/evidence/evidence_file.h"

namespace {

using namespace daymark;
using namespace daymark::evidence;

constexpr UnixMillis as_of{1'772'000'000'000};
constexpr double span_seconds = 1.5;

void require(bool rule) {
  if (!rule) std::abort();
}

/// Seconds of processor time that this process has used: what other programs take doesn't count.
double processor_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Calls `step` until the time is over; returns calls per second of one core.
double rate_of(const std::function<void()>& step) {
  step();
  const double start = processor_seconds();
  std::size_t count = 0;
  while (processor_seconds() - start < span_seconds) {
    step();
    ++count;
  }
  return static_cast<double>(count) / (processor_seconds() - start);
}

bool genuine(const NvidiaVerifier& verifier, const EvidenceFile& file) {
  const auto verdicts = verify_file(verifier, file, {std::nullopt, as_of});
  return verdicts.size() == 1 && verdicts.front().verdict == Verdict::genuine;
}

}  // namespace

int main() {
  const std::string folder =
      std::string(DAYMARK_SOURCE_DIR) + "/data/evidence/nvidia/h100-550.90.07/";
  const auto report = read_file(folder + "report.hex");
  const auto chain = read_text(folder + "chain.pem");
  require(report && chain);
  const auto verifier = NvidiaVerifier::create();
  EvidenceFile file{"h100", *report, *chain};
  // A blank line more makes another text of the same chain, so nothing is remembered of it.
  const double cold = rate_of([&] {
    file.chain += '\n';
    require(genuine(*verifier, file));
  });
  const double cached = rate_of([&] { require(genuine(*verifier, file)); });
  fmt::print("evidence cold: {:.0f} verifications/s a core (goal 220)\n", cold);
  fmt::print("evidence cached chain: {:.0f} verifications/s a core (goal 1500)\n", cached);
}
