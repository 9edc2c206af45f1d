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

/// The peers of both policies, each once, in the charter's order.
Result<std::vector<net::WitnessPeer>> peers_of(const order::Charter& charter) {
  std::vector<net::WitnessPeer> out;
  std::set<std::string> known;
  for (const std::string_view text : {charter.log_policy, charter.mirror_policy}) {
    DAYMARK_TRY(const tlog::Policy policy, tlog::Policy::parse(text));
    for (std::size_t i = 0; i < policy.member_count(); ++i) {
      const tlog::VerifierKey& key = policy.witness_key(i);
      net::WitnessPeer peer{std::string(policy.witness_url(i)),
                            tlog::format_vkey(key.name, key.type, key.key)};
      if (!peer.url.empty() && known.insert(peer.vkey).second) out.push_back(std::move(peer));
    }
  }
  return out;
}

}  // namespace

Outcome<LeafIndex> Publisher::append_once(ByteView entry) {
  const Stopwatch watch;
  // An order that too few witnesses cosigned is asked for again: its entry is signed by then, so
  // that every entry counts, not the newest alone.
  for (; indexed_.value < log_.head().size.value; ++indexed_.value) {
    DAYMARK_TRY(const std::vector<Byte> known, log_.entry({indexed_.value}));
    known_.emplace(crypto::sha256(known), LeafIndex{indexed_.value});
  }
  const auto found = known_.find(crypto::sha256(entry));
  if (found != known_.end()) return found->second;
  DAYMARK_TRY(const LeafIndex index, log_.append(entry));
  times_.append_us = watch.micros();
  return index;
}

Outcome<std::string> Publisher::cosigned_checkpoint(const order::Charter& charter) {
  const Stopwatch sign_watch;
  DAYMARK_TRY(const std::string checkpoint, log_.sign_checkpoint());
  times_.sign_us = sign_watch.micros();
  DAYMARK_TRY(const std::vector<net::WitnessPeer> peers, peers_of(charter));
  // A mirror fetches what it cosigns: the signed head must be readable before it is asked.
  DAYMARK_CHECK(log_.publish(checkpoint));
  const Stopwatch cosign_watch;
  std::string cosigned = checkpoint;
  for (const net::WitnessPeer& peer : peers)
    cosigned += ask(peer, checkpoint);
  times_.cosign_us = cosign_watch.micros();
  DAYMARK_CHECK(log_.publish(cosigned));
  return cosigned;
}

std::string Publisher::ask(const net::WitnessPeer& peer, const std::string& checkpoint) {
  const TreeSize size = log_.signed_size();
  const auto consistency = [this](TreeSize older, TreeSize newer) {
    return log_.consistency_path(older, newer);
  };
  const Outcome<std::string> answer = ask_(peer, {checkpoint, cosigned_[peer.url], consistency});
  if (!answer) return {};
  cosigned_[peer.url] = size;
  return std::string(net::added_signatures(checkpoint, *answer));
}

Outcome<std::string> Publisher::prove(LeafIndex index, const std::string& checkpoint) const {
  return about(log_.prove(index, checkpoint), log_.origin());
}

}  // namespace daymark::authority
