#include "daymark/authority/publisher.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "daymark/net/errors.h"
#include "daymark/tlog/errors.h"
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

std::vector<std::string> urls_of(std::string_view policy) {
  std::vector<std::string> out;
  const Result<tlog::Policy> parsed = tlog::Policy::parse(policy);
  for (std::size_t i = 0; parsed && i < parsed->member_count(); ++i) {
    std::string url(parsed->witness_url(i));
    const bool fresh = !url.empty() && std::ranges::find(out, url) == out.end();
    if (fresh) out.push_back(std::move(url));
  }
  return out;
}

Outcome<void> Publisher::check_cosigned_head() {
  if (checked_) return {};
  DAYMARK_TRY(const std::string cosigned, records_.cosigned_head(log_.origin()));
  if (!cosigned.empty()) DAYMARK_CHECK(log_.note_cosigned_head(cosigned));
  checked_ = true;
  return {};
}

Outcome<LeafIndex> Publisher::append_once(ByteView entry) {
  const Stopwatch watch;
  DAYMARK_CHECK(check_cosigned_head());
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
  DAYMARK_CHECK(check_cosigned_head());
  DAYMARK_TRY(const std::string checkpoint, log_.sign_checkpoint());
  times_.sign_us = sign_watch.micros();
  DAYMARK_TRY(const std::vector<net::WitnessPeer> peers, peers_of(charter));
  // A mirror fetches what it cosigns: the signed head must be readable before it is asked.
  DAYMARK_CHECK(log_.publish(checkpoint));
  const Stopwatch cosign_watch;
  ahead_.reset();
  std::string cosigned = checkpoint;
  for (const net::WitnessPeer& peer : peers) {
    DAYMARK_TRY(const std::string lines, ask(peer, checkpoint));
    cosigned += lines;
  }
  times_.cosign_us = cosign_watch.micros();
  if (cosigned != checkpoint) DAYMARK_CHECK(keep(cosigned));
  return cosigned;
}

Outcome<std::string> Publisher::ask(const net::WitnessPeer& peer, const std::string& checkpoint) {
  const TreeSize size = log_.signed_size();
  const auto consistency = [this](TreeSize older, TreeSize newer) {
    return log_.consistency_path(older, newer);
  };
  const Outcome<std::string> answer =
      peers_.ask(peer, {checkpoint, cosigned_[peer.url], consistency});
  if (answer) {
    cosigned_[peer.url] = size;
    return std::string(net::added_signatures(checkpoint, *answer));
  }
  if (answer.error().error.code == errc::net_witness_ahead) {
    ahead_ = answer.error();
    DAYMARK_CHECK(learn_from(peer));
  }
  return std::string{};
}

/// A peer's word for a larger tree is no proof of it, a head by our own key is.
Outcome<void> Publisher::learn_from(const net::WitnessPeer& peer) {
  if (!peers_.fetch_head) return {};
  const Outcome<std::string> head = peers_.fetch_head(peer);
  if (!head) return {};
  const Outcome<void> noted = log_.note_cosigned_head(*head);
  if (noted) return {};
  const Errc code = noted.error().error.code;
  const bool proven = code == errc::log_behind || code == errc::log_forked;
  return proven ? noted : Outcome<void>{};
}

/// In the records before the folder: a restored folder is behind the records, never ahead.
Outcome<void> Publisher::keep(const std::string& cosigned) {
  DAYMARK_CHECK(log_.note_cosigned_head(cosigned));
  DAYMARK_CHECK(records_.put_cosigned_head(log_.origin(), cosigned));
  return log_.publish(cosigned);
}

Outcome<std::string> Publisher::prove(LeafIndex index, const std::string& checkpoint) const {
  return about(log_.prove(index, checkpoint), log_.origin());
}

}  // namespace daymark::authority
