// Which witnesses and mirrors answered when they were asked last. Host only.
#pragma once

#include <map>
#include <mutex>
#include <string>

namespace daymark::authority {

/// Safe from several threads.
class PeerWatch {
 public:
  void note(const std::string& url, bool answers) {
    const std::scoped_lock lock(mutex_);
    answers_[url] = answers;
  }

  /// False also where nobody asked yet.
  [[nodiscard]] bool reachable(const std::string& url) const {
    const std::scoped_lock lock(mutex_);
    const auto found = answers_.find(url);
    return found != answers_.end() && found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, bool> answers_;
};

}  // namespace daymark::authority
