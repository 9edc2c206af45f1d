// The checker of charters: says which rule of PROTOCOL §1.2 a charter breaks. Host only.
//
// Who runs a witness or a mirror can't be read from a key, so its name in the policy says it: one
// named like a party ("regulator-a") or after it ("regulator-a.east") counts as that party's, and
// names with one first word ("north.a", "north.b") as one operator's. A name is a claim; whoever
// signs the charter vouches for it.
#pragma once

#include <string>
#include <vector>

#include "daymark/base/error_table.h"
#include "daymark/order/charter.h"

namespace daymark::order {

/// One rule that is broken: its stable number and what broke it, in names, kinds and spans that
/// read the same in every language.
struct CharterFinding {
  Errc rule;
  std::string detail;  ///< e.g. "suspend: owner", "V-R+G = 3 d < N = 5 d"
};

/// Empty for a fair charter. Each rule has its own number:
/// charter_one_party_restricts, charter_quorum_unreachable, charter_amend_fragile,
/// charter_amend_without_owner, charter_no_independent_witness, charter_no_independent_mirror,
/// charter_stop_before_notice, charter_beacons, charter_amend_size.
/// Form, keys given twice, owners and contradictions of bounds are parse_charter's.
[[nodiscard]] std::vector<CharterFinding> check_charter(const Charter& charter);

/// "charter_one_party_restricts: One party alone could restrict a chip. (suspend: owner)"
[[nodiscard]] std::string print_finding(const CharterFinding& finding,
                                        Language language = Language::english);

}  // namespace daymark::order
