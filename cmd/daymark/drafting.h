// From the words of the command line to an unsigned order.
#pragma once

#include <string>
#include <vector>

#include "authority_access.h"

#include "daymark/base/failure.h"
#include "daymark/base/time.h"
#include "daymark/order/order_file.h"

namespace daymark::cli {

struct DraftOptions {
  std::string kind;
  AuthorityAccess authority;
  std::vector<std::string> chips;
  std::string reason;
  std::string lasting;
  std::string confirms;
  std::string expires = "2h";
  std::string not_before;
  std::string programs;
  std::string new_charter;
  std::string new_owner_key;
  std::string out;
};

/// Places the order behind the heads that the authority tells; chips check them again.
/// Errors: errc::usage_wrong naming the option, those of the client and of draft_order.
[[nodiscard]] Outcome<order::OrderFile> draft_from(const DraftOptions& options, Clock& clock);

}  // namespace daymark::cli
