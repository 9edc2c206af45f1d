// Verifications of a real H100 report per second, on one core: with the chain verified each time,
// and with the chain remembered.
#include <chrono>
#include <cstdlib>
#include <functional>

#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/evidence/evidence_file.h"

namespace {

using namespace daymark;
using namespace daymark::evidence;

constexpr UnixMillis as_of{1'772'000'000'000};
constexpr std::chrono::milliseconds span{1500};

void require(bool rule) {
  if (!rule) std::abort();
}

/// Calls `step` until the time is over; returns calls per second.
double rate_of(const std::function<void()>& step) {
  using Clock = std::chrono::steady_clock;
  step();
  const auto start = Clock::now();
  std::size_t count = 0;
  while (Clock::now() - start < span) {
    step();
    ++count;
  }
  return static_cast<double>(count) / std::chrono::duration<double>(Clock::now() - start).count();
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
  const EvidenceFile file{"h100", *report, *chain};
  const double cold = rate_of([&] { require(genuine(*NvidiaVerifier::create(), file)); });
  const auto verifier = NvidiaVerifier::create();
  const double cached = rate_of([&] { require(genuine(*verifier, file)); });
  fmt::print("evidence cold: {:.0f} verifications/s (goal 220)\n", cold);
  fmt::print("evidence cached chain: {:.0f} verifications/s (goal 1500)\n", cached);
}
