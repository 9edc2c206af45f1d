#include "daymark/beacon/session_table.h"

namespace daymark::beacon {

void SessionTable::expire(std::int64_t now_nanos) {
  expire(open_, now_nanos);
  expire(retired_, now_nanos);
}

void SessionTable::expire(Endings& endings, std::int64_t now_nanos) {
  while (!endings.empty() && endings.front().at <= now_nanos) {
    const auto found = sessions_.find(endings.front().id);
    endings.pop_front();
    by_nonce_.erase(found->second.session.opened.chip_nonce);
    crypto::erase(found->second.session.opened.key);
    sessions_.erase(found);
  }
}

Session* SessionTable::add(const ranging::Opened& opened, const net::Endpoint& source,
                           std::int64_t now_nanos) {
  if (sessions_.size() >= room_.sessions) return nullptr;
  Held& held = sessions_[opened.session];
  held.session.opened = opened;
  held.session.source = source;
  open_.push_back({now_nanos + room_.life_nanos, opened.session});
  held.ending = std::prev(open_.end());
  by_nonce_[opened.chip_nonce] = opened.session;
  return &held.session;
}

void SessionTable::retire(const ranging::SessionId& id, std::int64_t now_nanos) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  const Endings::iterator ending = found->second.ending;
  const std::int64_t at = now_nanos + room_.linger_nanos;
  if (at >= ending->at) return;
  ending->at = at;
  retired_.splice(retired_.end(), open_, ending);
}

Session* SessionTable::find(const ranging::SessionId& id) {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : &found->second.session;
}

Session* SessionTable::find_by_nonce(const Digest& chip_nonce) {
  const auto found = by_nonce_.find(chip_nonce);
  return found == by_nonce_.end() ? nullptr : find(found->second);
}

}  // namespace daymark::beacon
