// A log is its header and its events without gaps, and adds up in every bank that it announces.
#include <cstdlib>

#include "daymark/evidence/tpm/tpm_event_log.h"
#include "daymark/evidence/tpm/tpm_explain.h"
#include "daymark/evidence/tpm/tpm_public.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daymark;
  const ByteView input(data, size);
  const auto log = evidence::parse_event_log(input);
  require(evidence::explain_event_log(input).has_value() == log.has_value());
  if (!log) return 0;
  std::size_t at = log->header.size;
  std::size_t extending = 0;
  for (const evidence::LogEvent& event : log->events) {
    require(event.offset == at);
    at += event.size;
    extending += event.extends() ? 1 : 0;
    for (std::size_t i = 0; i < log->algorithms.size(); ++i)
      require(event.digests.at(i).size() == log->algorithms[i].size);
  }
  require(at == size && !log->algorithms.empty());
  for (const evidence::EventAlgorithm& one : log->algorithms) {
    const auto values = evidence::replay_event_log(*log, one.hash);
    require(values.has_value() == (evidence::tpm_hash_size(one.hash) != 0));
    if (!values) continue;
    require(values->size() <= extending && values->empty() == (extending == 0));
    for (const auto& [pcr, value] : *values)
      require(pcr < 24 && value.size() == one.size);
  }
  return 0;
}
