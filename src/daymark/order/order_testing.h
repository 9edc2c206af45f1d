// A complete world in memory for tests: parties, charter, log, witnesses, mirrors, beacons, chips.
//
//   World world;
//   const Logged stop = world.prove(world.suspend_fleet(days(4)), {"owner", "regulator-a"});
//   auto proven = prove_order(stop.message(), world.charter(), scratch);
//
// Everything is drawn from one seed. Link daymark_order_testing; for tests only.
#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daymark/base/error_table.h"
#include "daymark/crypto/key_file.h"
#include "daymark/crypto/random.h"
#include "daymark/order/appeal.h"
#include "daymark/order/content_writer.h"
#include "daymark/order/draft.h"
#include "daymark/order/leaf.h"
#include "daymark/order/order_file.h"
#include "daymark/order/proven.h"
#include "daymark/tlog/note_writer.h"
#include "daymark/tlog/tree.h"

namespace daymark::order::testing {

/// 2026-03-01T12:00:00Z, when the world begins.
inline constexpr UnixMillis world_start{1'772'366'400'000};
inline constexpr std::string_view log_origin = "log.daymark.example";

/// A party, a beacon or a chip as its owner sees it.
struct Holder {
  crypto::KeyPair key;
  crypto::KeyPair spare;
};

struct Chip {
  crypto::SecretKey secret;
  crypto::PublicKey key;
  ChipId id;
};

/// Owns what an OrderMessage views.
struct Logged {
  std::vector<Byte> envelope;
  std::string proof;
  Digest salt{};
  std::vector<Byte> content;

  [[nodiscard]] OrderMessage message() const { return {envelope, proof, salt, content}; }
};

/// Owns what an AppealMessage views.
struct LoggedAppeal {
  std::vector<Byte> envelope;
  std::string proof;
  Digest hash{};

  [[nodiscard]] AppealMessage message() const { return {envelope, proof}; }
};

/// Who cosigns a checkpoint and when; bit i is witness i or mirror i.
struct Cosigning {
  UnixMillis time = world_start;
  unsigned witnesses = 0b011;  ///< two of three are the quorum
  unsigned mirrors = 0b01;     ///< one of two is the quorum
  bool log_signs = true;
};

/// A proven batch leaf on its way to its chip.
struct LeafDelivery {
  std::vector<Byte> leaf;
  std::uint64_t index = 0;
  std::vector<Digest> path;

  [[nodiscard]] LeafPath where() const { return {LeafIndex{index}, path}; }
};

class World {
 public:
  explicit World(std::uint64_t seed = 1);

  // Parties "owner", "maker", "regulator-a", "regulator-b", "authority"; beacons "beacon-0" to
  // "beacon-2" of operators "op-0" to "op-2"; witnesses "witness-0" to "-2"; mirrors "mirror-0",
  // "mirror-1".
  [[nodiscard]] const Holder& party(const std::string& name) const { return *holders_.at(name); }

  [[nodiscard]] const crypto::SecretKey& beacon_key(std::size_t i) const {
    return beacon_keys_.at(i);
  }

  [[nodiscard]] const Charter& charter() const { return charter_; }

  /// The charter's source: change it, then call set_charter. The strings it views live here.
  [[nodiscard]] const Charter& source() const { return source_; }

  /// Encodes and pins another charter of the same world.
  void set_charter(const Charter& source);
  /// Keeps a text alive as long as the world.
  [[nodiscard]] std::string_view keep(std::string text);

  [[nodiscard]] const std::vector<Byte>& encoded_charter() const { return encoded_; }

  [[nodiscard]] Random& random() { return random_; }

  /// Chip number `i` of the maker, always the same.
  [[nodiscard]] static Chip chip(std::uint64_t i);

  /// The charter of another fleet with the same parties, the authority as its owner; of revision 1.
  [[nodiscard]] Charter other_fleet() const;

  // Contents as drafts, issued at `now`, to be logged within a day. Fleet orders follow
  // fleet_head(), which prove() moves on.
  UnixMillis now = world_start;

  [[nodiscard]] const StreamHead& fleet_head() const { return fleet_head_; }

  [[nodiscard]] OrderFile draft(OrderKind kind, const std::vector<Byte>& content,
                                UnixMillis until = {0});
  /// Binds when the notice is over, for `length`.
  [[nodiscard]] OrderFile suspend_fleet(Millis length);
  [[nodiscard]] OrderFile suspend_chip(const Target& target, Millis length);
  /// Confirms the suspension that an appeal is against; no targets for the fleet's.
  [[nodiscard]] OrderFile confirm(const std::vector<Target>& targets, const Digest& appeal);
  [[nodiscard]] OrderFile scope_order(OrderKind kind, const std::vector<Target>& targets);
  [[nodiscard]] OrderFile policy(const std::vector<Program>& programs);
  [[nodiscard]] OrderFile firmware(const Digest& image, std::uint64_t version);
  [[nodiscard]] OrderFile enrol(const Chip& chip, const Digest& nonce);
  [[nodiscard]] OrderFile amend(const Charter& next);
  /// The next charter of this fleet: the source with the next revision.
  [[nodiscard]] Charter successor() const;
  [[nodiscard]] OrderFile transfer(const Target& target, const Chip& chip, const Charter& next);
  [[nodiscard]] OrderFile batch(std::span<const std::vector<Byte>> leaves,
                                std::vector<LeafDelivery>& deliveries);

  /// Names with ".spare" sign with the spare key. Fails the test on refusal.
  void sign(OrderFile& file, std::initializer_list<std::string> names) const;

  /// Appends to the log and returns the proof against a new checkpoint.
  [[nodiscard]] std::string log_and_prove(ByteView envelope, const Cosigning& how);

  [[nodiscard]] std::string log_and_prove(ByteView envelope, UnixMillis time) {
    return log_and_prove(envelope, Cosigning{.time = time});
  }

  /// Signs, logs at `now`, proves; a fleet order becomes the fleet's head.
  [[nodiscard]] Logged prove(OrderFile file, std::initializer_list<std::string> names);
  [[nodiscard]] Logged prove(OrderFile file, std::initializer_list<std::string> names,
                             const Cosigning& how);

  /// The owner's appeal against an order, logged at `now`. A name with ".spare" signs with the
  /// spare key.
  [[nodiscard]] LoggedAppeal appeal(const Digest& order, const std::string& signer = "owner");

  [[nodiscard]] const tlog::Tree& log() const { return log_; }

  /// Every entry of the log so far.
  [[nodiscard]] const std::vector<std::vector<Byte>>& entries() const { return entries_; }

  /// Whoever logs for hours needs no entries; the log and its proofs stay whole.
  void forget_entries() { entries_.clear(); }

  /// The newest checkpoint, signed and cosigned.
  [[nodiscard]] std::string checkpoint(const Cosigning& how) const;

 private:
  void add_party(const std::string& name, Role role);
  void add_quorums();
  void add_log_policies();
  void add_beacons();

  crypto::SeededRandom random_;
  std::vector<std::unique_ptr<std::string>> kept_;
  std::map<std::string, std::unique_ptr<Holder>> holders_;
  std::vector<crypto::SecretKey> beacon_keys_;
  tlog::NoteSigner log_signer_;
  std::vector<tlog::NoteSigner> witnesses_;
  std::vector<tlog::NoteSigner> mirrors_;
  Charter source_;
  std::vector<Byte> encoded_;
  Charter charter_;
  tlog::Tree log_;
  std::vector<std::vector<Byte>> entries_;
  StreamHead fleet_head_;
  std::uint64_t batches_ = 0;
};

/// "ok" or the name of the error: reads well in a failed expectation.
template <class T>
[[nodiscard]] std::string_view verdict(const Result<T>& result) {
  return result ? "ok" : entry_of(result.error().code).name;
}

/// A licence leaf that answers `request` for `length` from `from` on.
[[nodiscard]] Leaf licence_for(const Chip& chip, const Digest& request, UnixMillis from,
                               Millis length);
[[nodiscard]] std::vector<Byte> encoded(const Leaf& leaf);
[[nodiscard]] std::vector<Byte> encoded(const Charter& charter);

}  // namespace daymark::order::testing
