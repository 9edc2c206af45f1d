// The charters of one history, each with the bytes that it views. Host only.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "daymark/base/result.h"
#include "daymark/order/charter.h"

namespace daymark::bundle {

/// Not thread-safe.
class Charters {
 public:
  /// Keeps a charter and returns its hash. Errors: those of order::parse_charter.
  Result<Digest> add(std::vector<Byte> encoded);

  /// Null where there is none of this hash. Valid as long as the collection.
  [[nodiscard]] const order::Charter* find(const Digest& hash) const;

  [[nodiscard]] std::vector<const order::Charter*> all() const;

 private:
  struct Owned {
    std::vector<Byte> encoded;
    order::Charter charter;
  };

  std::map<Digest, std::unique_ptr<Owned>> charters_;
};

}  // namespace daymark::bundle
