// Simulated chips that ask for licences: real keys, real signatures, no governor.
#pragma once

#include <vector>

#include "daymark/base/ids.h"
#include "daymark/crypto/ports.h"

namespace daymark::bench {

/// Signed requests one behind the other.
struct RequestGroup {
  std::vector<Byte> bytes;
  std::vector<std::size_t> ends;  ///< where each ends in `bytes`

  [[nodiscard]] std::vector<ByteView> views() const;
};

/// Keeps 32 bytes for a chip: the public key. Safe from several threads.
class ChipSwarm {
 public:
  explicit ChipSwarm(std::size_t count);

  [[nodiscard]] std::size_t size() const { return keys_.size(); }

  [[nodiscard]] const crypto::PublicKey& key(std::size_t chip) const { return keys_[chip]; }

  /// The request of one chip with this counter: always the same bytes.
  [[nodiscard]] std::vector<Byte> request(std::size_t chip, std::uint64_t counter) const;

  /// Requests of `count` chips from `first` on.
  [[nodiscard]] RequestGroup requests(std::size_t first, std::size_t count,
                                      std::uint64_t counter) const;

 private:
  std::vector<crypto::PublicKey> keys_;
};

}  // namespace daymark::bench
