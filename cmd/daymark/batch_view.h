// Looking at every leaf of a batch, one at a time, however many there are.
#pragma once

#include <functional>

#include "daymark/authority/client.h"
#include "daymark/order/leaf.h"
#include "daymark/order/order.h"

namespace daymark::cli {

/// An error ends the walk.
using SeeLeaf = std::function<Outcome<void>(const order::Leaf& leaf)>;

/// Shows every leaf to `see` and checks that they are those which the order commits to. Errors:
/// errc::tlog_root for another root or count, those of parse_leaf and of the client.
[[nodiscard]] Outcome<void> look_at_leaves(const authority::AuthorityClient& client,
                                           const order::BatchContent& stated, const SeeLeaf& see);

/// The same, and that there is one leaf for each chip in custody, in the order of the slots: what a
/// signer does (PROTOCOL §3.2). Errors: also errc::batch_omits with the place in the batch.
[[nodiscard]] Outcome<void> check_leaves(const authority::AuthorityClient& client,
                                         const order::BatchContent& stated, const SeeLeaf& see);

}  // namespace daymark::cli
