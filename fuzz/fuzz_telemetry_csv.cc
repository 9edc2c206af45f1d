// Whatever telemetry is accounted, the chip's ledger takes every interval, bounds are in order and
// the intervals add up to the total.
#include <cstdlib>
#include <sstream>

#include "daymark/ledger/sum_tree.h"
#include "daymark/usage/account.h"

namespace {

using namespace daymark;

class NoRandom final : public Random {
 public:
  void fill(MutableBytes out) override {
    for (Byte& byte : out)
      byte = 0;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream input{std::string(text_of({data, size}))};
  usage::AccountOptions options;
  options.peak_tera_ops = 989.4;
  options.interval = hours(1);
  const auto account = usage::account_stream(input, options);
  if (!account) return 0;
  NoRandom random;
  ledger::Sums total;
  for (const auto& record : usage::records_of(account->intervals, {}, random)) {
    if (!ledger::check_plausible(record, usage::ledger_peak(options))) std::abort();
    const auto sum = ledger::add(total, record.use);
    if (!sum) std::abort();
    total = *sum;
  }
  if (total != account->total || usage::to_json(*account, "input").empty()) std::abort();
  return 0;
}
