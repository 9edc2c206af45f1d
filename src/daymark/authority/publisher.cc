#include "daymark/authority/publisher.h"

#include <chrono>
#include <set>

#include "daymark/tlog/policy.h"

namespace daymark::authority {

namespace {

class Stopwatch {
 public:
  [[nodiscard]] std::int64_t micros() const {
    using std::chrono::duration_cast, std::chrono::microseconds, std::chrono::steady_clock;
    return duration_cast<microseconds>(steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// The URLs of both policies, each once, in the charter's order.
Result<std::vector<std::string>> cosigner_urls(const order::Charter& charter) {
  std::vector<std::string> out;
  std::set<std::string> known;
  for (const std::string_view text : {charter.log_policy, charter.mirror_policy}) {
    DAYMARK_TRY(const tlog::Policy policy, tlog::Policy::parse(text));
    for (std::size_t i = 0; i < policy.member_count(); ++i) {
      std::string url(policy.witness_url(i));
      if (!url.empty() && known.insert(url).second) out.push_back(std::move(url));
    }
  }
  return out;
}

}  // namespace

Outcome<LeafIndex> Publisher::append_once(ByteView entry) {
  const Stopwatch watch;
  for (std::uint64_t i = log_.signed_size().value; i < log_.head().size.value; ++i) {
    DAYMARK_TRY(const std::vector<Byte> known, log_.entry({i}));
    if (equal(known, entry)) return LeafIndex{i};
  }
  DAYMARK_TRY(const LeafIndex index, log_.append(entry));
  times_.append_us = watch.micros();
  return index;
}

Outcome<std::string> Publisher::cosigned_checkpoint(const order::Charter& charter) {
  const Stopwatch sign_watch;
  DAYMARK_TRY(const std::string checkpoint, log_.sign_checkpoint());
  times_.sign_us = sign_watch.micros();
  DAYMARK_TRY(const std::vector<std::string> urls, cosigner_urls(charter));
  // A mirror fetches what it cosigns: the signed head must be readable before it is asked.
  DAYMARK_CHECK(log_.publish(checkpoint));
  const Stopwatch cosign_watch;
  std::string cosigned = checkpoint;
  for (const std::string& url : urls) {
    const Outcome<std::string> lines = ask_(url, checkpoint, log_);
    if (lines) cosigned += *lines;
  }
  times_.cosign_us = cosign_watch.micros();
  DAYMARK_CHECK(log_.publish(cosigned));
  return cosigned;
}

Outcome<std::string> Publisher::prove(LeafIndex index, const std::string& checkpoint) const {
  return about(log_.prove(index, checkpoint), log_.origin());
}

}  // namespace daymark::authority
