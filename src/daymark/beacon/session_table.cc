#include "daymark/beacon/session_table.h"

namespace daymark::beacon {

void SessionTable::expire(std::int64_t now_nanos) {
  while (!endings_.empty() && endings_.front().at <= now_nanos) {
    const auto found = sessions_.find(endings_.front().id);
    endings_.pop_front();
    if (found == sessions_.end()) continue;
    by_nonce_.erase(found->second.opened.chip_nonce);
    crypto::erase(found->second.opened.key);
    sessions_.erase(found);
  }
}

Session* SessionTable::add(const ranging::Opened& opened, const net::Endpoint& source,
                           std::int64_t now_nanos) {
  if (sessions_.size() >= sessions_max_) return nullptr;
  Session& session = sessions_[opened.session];
  session.opened = opened;
  session.source = source;
  by_nonce_[opened.chip_nonce] = opened.session;
  endings_.push_back({now_nanos + lifetime_nanos_, opened.session});
  return &session;
}

Session* SessionTable::find(const ranging::SessionId& id) {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : &found->second;
}

Session* SessionTable::find_by_nonce(const Digest& chip_nonce) {
  const auto found = by_nonce_.find(chip_nonce);
  return found == by_nonce_.end() ? nullptr : find(found->second);
}

}  // namespace daymark::beacon
