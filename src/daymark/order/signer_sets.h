// Which parties suffice for what: every smallest set of signers, found by trying all. Host only.
#pragma once

#include <string>
#include <vector>

#include "daymark/order/charter.h"

namespace daymark::order {

/// All sets that meet `policy` and of which no member can be left out, ascending by size. At most
/// 2^16 sets are tried.
[[nodiscard]] std::vector<tlog::MemberSet> minimal_sets(const tlog::Policy& policy,
                                                        std::size_t members);

/// The same for one kind of order; empty where the charter allows nobody this kind or its policy
/// can't be read.
[[nodiscard]] std::vector<tlog::MemberSet> minimal_signers(const Charter& charter, OrderKind kind);

/// "owner + regulator-a"
[[nodiscard]] std::string names_of(const Charter& charter, tlog::MemberSet parties);

}  // namespace daymark::order
