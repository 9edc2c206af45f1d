// A policy that is read is monotone: more signers never unmake a quorum, and all of them together
// meet it.
#include <cstdlib>
#include <vector>

#include "daymark/tlog/policy.h"

namespace {

using namespace daymark;

void require(bool rule) {
  if (!rule) std::abort();
}

void check(const tlog::Policy& policy) {
  const std::size_t members = policy.member_count();
  require(members <= tlog::policy_members_max);
  const tlog::MemberSet all = (tlog::MemberSet{1} << members) - 1;
  require(policy.met_by(all));
  require(policy.met_by(~tlog::MemberSet{0}));
  tlog::MemberSet signers = 0;
  bool met = policy.met_by(signers);
  for (std::size_t i = 0; i < members; ++i) {
    require(!policy.member_name(i).empty());
    signers |= tlog::MemberSet{1} << i;
    const bool now = policy.met_by(signers);
    require(now || !met);
    met = now;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of({data, size});
  const auto policy = tlog::Policy::parse(text);
  if (policy) check(*policy);
  constexpr std::array<std::string_view, 4> names{"a", "b", "c", "d"};
  const auto over = tlog::Policy::parse_over(text, names);
  if (over) check(*over);
  return 0;
}
