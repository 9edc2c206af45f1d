// A policy that is read demands only questions that are put, and bounds what it lists.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "daymark/evidence/policy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daymark;
  const auto policy = evidence::parse_policy(text_of(ByteView(data, size)));
  if (!policy) return 0;
  constexpr std::array<std::string_view, 4> questions{"freshness", "firmware identity",
                                                      "revocation", "known"};
  for (const std::string& one : policy->demand) {
    if (std::ranges::find(questions, one) == questions.end()) std::abort();
  }
  for (const auto* list : {&policy->models, &policy->drivers, &policy->vbios, &policy->modes}) {
    if (list->size() > 256 || std::ranges::find(*list, "") != list->end()) std::abort();
  }
  return 0;
}
