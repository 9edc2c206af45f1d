// The authority as one object: desks, log and records behind one lock. Host only.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "daymark/authority/appeal_desk.h"
#include "daymark/authority/batch_desk.h"
#include "daymark/authority/chip_desk.h"
#include "daymark/authority/door.h"
#include "daymark/authority/finding_desk.h"
#include "daymark/authority/leaf_desk.h"
#include "daymark/authority/metrics.h"
#include "daymark/authority/order_desk.h"
#include "daymark/authority/peer_watch.h"
#include "daymark/authority/renewal_desk.h"
#include "daymark/net/http.h"

namespace daymark::authority {

/// What an authority is built from; everything outlives it.
struct AuthorityParts {
  Records* records = nullptr;
  LeafArchive* archive = nullptr;
  Publisher* publisher = nullptr;
  RenewalDesk* renewals = nullptr;
  Clock* clock = nullptr;
  Random* random = nullptr;
  std::vector<Byte> charter;
  GrantSource* grants = nullptr;     ///< none: only the public routes are open
  const PeerWatch* peers = nullptr;  ///< none: no peer counts as reachable
  RateLimit rate = {};               ///< of each credential
};

struct Route;
struct RouteCall;

/// Threads that a server should give to an Authority, and how many of them may wait for its lock:
/// the rest stay free for the log's files, which mirrors fetch while a publication holds the lock.
inline constexpr unsigned server_threads = 16;
inline constexpr int waiting_max = 12;

/// Answers docs/formats/api.md, to those whom its door lets in. Safe from several threads: requests
/// wait for one another, but the log's static files are served beside a publication, because
/// mirrors fetch them during it.
class Authority {
 public:
  explicit Authority(AuthorityParts parts);

  /// Takes over the charters that the records hold. Errors: those of OrderDesk::load.
  [[nodiscard]] Outcome<void> start();

  /// One attempt at everything that is accepted and not public: after a crash, or when witnesses
  /// are back. Mirrors fetch the log meanwhile, so it must be served already.
  [[nodiscard]] Outcome<PendingReport> publish_pending();

  [[nodiscard]] net::HttpResponse handle(const net::HttpRequest& request);

  /// URLs of the witnesses and mirrors of the charter in force: whom a watch should ask.
  [[nodiscard]] std::vector<std::string> peer_urls();

  // The parts, for the routes. The caller holds the lock.
  [[nodiscard]] OrderDesk& orders() { return orders_; }

  [[nodiscard]] BatchDesk& batches() { return batches_; }

  [[nodiscard]] LeafDesk& leaves() { return leaves_; }

  [[nodiscard]] AppealDesk& appeals() { return appeals_; }

  [[nodiscard]] FindingDesk& findings() { return findings_; }

  [[nodiscard]] ChipDesk& chips() { return chips_; }

  [[nodiscard]] RenewalDesk& renewals() { return *parts_.renewals; }

  [[nodiscard]] Records& records() { return *parts_.records; }

  [[nodiscard]] Publisher& publisher() { return *parts_.publisher; }

  [[nodiscard]] Clock& clock() { return *parts_.clock; }

  /// How many of these peers answered lately.
  [[nodiscard]] PeerCount count_peers(std::span<const std::string> urls) const;

  [[nodiscard]] const AnswerTally& tally() const { return tally_; }

 private:
  [[nodiscard]] net::HttpResponse answer(const net::HttpRequest& request);
  [[nodiscard]] net::HttpResponse call(const Route& route, RouteCall call);

  std::mutex mutex_;
  std::atomic<int> waiting_{0};
  AuthorityParts parts_;
  Door door_;
  AnswerTally tally_;
  OrderDesk orders_;
  BatchDesk batches_;
  LeafDesk leaves_;
  AppealDesk appeals_;
  FindingDesk findings_;
  ChipDesk chips_;
};

}  // namespace daymark::authority
