#include "daymark/bundle/charters.h"

namespace daymark::bundle {

Result<Digest> Charters::add(std::vector<Byte> encoded) {
  auto owned = std::make_unique<Owned>();
  owned->encoded = std::move(encoded);
  DAYMARK_TRY(owned->charter, order::parse_charter(owned->encoded));
  const Digest hash = owned->charter.hash;
  charters_[hash] = std::move(owned);
  return hash;
}

const order::Charter* Charters::find(const Digest& hash) const {
  const auto found = charters_.find(hash);
  return found == charters_.end() ? nullptr : &found->second->charter;
}

std::vector<const order::Charter*> Charters::all() const {
  std::vector<const order::Charter*> out;
  out.reserve(charters_.size());
  for (const auto& [hash, owned] : charters_)
    out.push_back(&owned->charter);
  return out;
}

}  // namespace daymark::bundle
