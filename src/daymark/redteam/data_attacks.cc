#include "daymark/redteam/data_attacks.h"

#include <algorithm>
#include <array>
#include <functional>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "daymark/locate/errors.h"
#include "daymark/locate/suspects.h"
#include "daymark/locate/verdict.h"

namespace daymark::redteam {

namespace {

using locate::Measurement;

/// Where the chip is, and where it says that it is.
struct Claim {
  std::size_t truth = 0;
  std::size_t said = 0;
};

struct DistanceBin {
  double from_km;
  double to_km;
  std::string_view name;
};

constexpr std::array<DistanceBin, 5> distance_bins{{{50, 200, "50-200 km"},
                                                    {200, 500, "200-500 km"},
                                                    {500, 1000, "500-1000 km"},
                                                    {1000, 3000, "1000-3000 km"},
                                                    {3000, 21000, "over 3000 km"}}};

/// Round trips as each node measures them; 0 where none is known.
using Delays = std::vector<double>;

class AttackField {
 public:
  AttackField(const locate::DelayMatrix& matrix, const DataAttackOptions& options)
      : matrix_(matrix), options_(options), rtt_(size() * size()) {
    for (const locate::Delay& delay : matrix.delays)
      rtt_[delay.source * size() + delay.target] = delay.rtt_ms;
  }

  [[nodiscard]] std::size_t size() const { return matrix_.nodes.nodes().size(); }

  [[nodiscard]] geo::LatLon place(std::size_t node) const {
    return matrix_.nodes.nodes()[node].place;
  }

  [[nodiscard]] double km(std::size_t a, std::size_t b) const {
    return geo::distance(place(a), place(b)).value / 1000;
  }

  /// How a chip that stands at a node is seen by all but the two ends of the claim.
  [[nodiscard]] Delays seen_at(std::size_t node, const Claim& claim) const {
    Delays out(size());
    for (std::size_t i = 0; i < size(); ++i)
      if (i != claim.truth && i != claim.said) out[i] = rtt_[i * size() + node];
    return out;
  }

  /// The chip waits until it looks as far away as one at the place that it claims; where it can't
  /// know how far that is, it doesn't answer.
  [[nodiscard]] Delays delayed(const Claim& claim) const {
    Delays out = seen_at(claim.truth, claim);
    const Delays wanted = seen_at(claim.said, claim);
    for (std::size_t i = 0; i < size(); ++i)
      out[i] = out[i] > 0 && wanted[i] > 0 ? std::max(out[i], wanted[i]) : 0;
    return out;
  }

  /// A box at the claimed place passes everything on to the chip.
  [[nodiscard]] Delays relayed(const Claim& claim) const {
    Delays out = seen_at(claim.said, claim);
    const double between =
        std::max(rtt_[claim.said * size() + claim.truth], rtt_[claim.truth * size() + claim.said]);
    // Where nobody timed that path, glass along the shortest line flatters the attacker.
    const double least = 2 * km(claim.said, claim.truth) / locate::fiber.km_per_ms;
    for (double& one : out)
      if (one > 0) one += std::max(between, least);
    return out;
  }

  /// The landmarks nearest to the claimed place, of `count` operators, say what puts the chip
  /// there.
  [[nodiscard]] Delays lied_for(const Claim& claim, std::size_t count) const {
    Delays out = delayed(claim);
    const std::vector<std::size_t> near = nearest(claim.said, claim);
    for (std::size_t i = 0; i < std::min(count, near.size()); ++i)
      out[near[i]] = 2 * km(near[i], claim.said) / options_.speed.km_per_ms + 0.01;
    return out;
  }

  /// All but the ends of the claim, nearest first.
  [[nodiscard]] std::vector<std::size_t> nearest(std::size_t to, const Claim& claim) const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < size(); ++i)
      if (i != claim.truth && i != claim.said) out.push_back(i);
    std::ranges::stable_sort(out, {}, [&](std::size_t i) { return km(i, to); });
    return out;
  }

  /// The quickest ones as the verifier takes them; `moved` is stated to stand at the claimed place.
  [[nodiscard]] std::vector<Measurement> receipts(const Delays& delays, const Claim& claim,
                                                  std::optional<std::size_t> moved = {}) const {
    std::vector<Measurement> out;
    for (std::size_t i = 0; i < delays.size(); ++i) {
      if (delays[i] <= 0) continue;
      const std::string& id = matrix_.nodes.nodes()[i].id;
      out.push_back({id, moved == i ? place(claim.said) : place(i), id, delays[i]});
    }
    std::ranges::stable_sort(out, {}, &Measurement::rtt_ms);
    out.resize(std::min(out.size(), options_.landmarks));
    return out;
  }

  /// What the verifier says, and whether that is so.
  [[nodiscard]] Outcome<AttackEnd> judge(const std::vector<Measurement>& receipts,
                                         const Claim& claim, std::uint32_t faults) const {
    const Metres radius{options_.within_km * 1000};
    DAYMARK_TRY(geo::Zone zone, about(geo::Zone::within(place(claim.said), radius), "within"));
    locate::Question question{.zone = std::move(zone), .speed = options_.speed, .faults = faults};
    question.with_region = false;
    DAYMARK_TRY(const locate::PlaceVerdict verdict, locate::judge("chip", receipts, question));
    if (verdict.verdict == geo::Verdict::inside)
      return km(claim.truth, claim.said) <= options_.within_km ? AttackEnd::truly
                                                               : AttackEnd::missed;
    const bool refuted = verdict.reason == errc::locate_assumption_refuted;
    return verdict.verdict == geo::Verdict::outside || refuted ? AttackEnd::detected
                                                               : AttackEnd::undecided;
  }

  /// The landmarks' own delays, with one of them stated to stand elsewhere.
  [[nodiscard]] Outcome<locate::DelayMatrix> mesh_with(std::size_t moved, geo::LatLon to) const {
    std::string text = "id,lat,lon,city,country\n";
    for (std::size_t i = 0; i < size(); ++i) {
      const geo::LatLon at = i == moved ? to : place(i);
      text += fmt::format("{},{:.6f},{:.6f},,\n", matrix_.nodes.nodes()[i].id, at.latitude(),
                          at.longitude());
    }
    locate::DelayMatrix out;
    DAYMARK_TRY(out.nodes, locate::NodeTable::parse(text, "mesh"));
    out.delays = matrix_.delays;
    return out;
  }

  [[nodiscard]] const DataAttackOptions& options() const { return options_; }

 private:
  const locate::DelayMatrix& matrix_;
  const DataAttackOptions& options_;
  Delays rtt_;
};

/// One way to attack: what the verifier gets, and under which assumption.
struct DataAttack {
  std::string name;
  bool may_pass = false;
  bool is_honest = false;
  std::function<Outcome<AttackEnd>(const Claim&)> attempt;
};

class DataCampaign {
 public:
  explicit DataCampaign(const AttackField& field) : field_(field) {
    const std::uint32_t faults = field.options().faults;
    add({"honest chip at the claimed place", false, true, {}},
        [&field](const Claim& claim) { return field.seen_at(claim.said, claim); });
    add({"naive spoof", false, false, {}},
        [&field](const Claim& claim) { return field.seen_at(claim.truth, claim); });
    add({"added delay", false, false, {}},
        [&field](const Claim& claim) { return field.delayed(claim); });
    add({"relay at the claimed place", false, false, {}},
        [&field](const Claim& claim) { return field.relayed(claim); });
    add({"cloned key, the clone alone answers", true, false, {}},
        [&field](const Claim& claim) { return field.seen_at(claim.said, claim); });
    attacks_.push_back({"cloned key, both answer", true, false,
                        [this](const Claim& claim) { return both_answer(claim); }});
    if (faults > 0) {
      add({fmt::format("lying beacons: {} of {} allowed", faults, faults), false, false, {}},
          [&field, faults](const Claim& claim) { return field.lied_for(claim, faults); });
    }
    add({fmt::format("lying beacons: {}, one too many", faults + 1), true, false, {}},
        [&field, faults](const Claim& claim) { return field.lied_for(claim, faults + 1); });
    attacks_.push_back({"wrong beacon place", faults == 0, false,
                        [this, faults](const Claim& claim) { return wrong_place(claim, faults); }});
    attacks_.push_back({"wrong beacon place, none assumed", true, false,
                        [this](const Claim& claim) { return wrong_place(claim, 0); }});
    attacks_.push_back({"wrong beacon place, beacons compared", false, false,
                        [this](const Claim& claim) { return compared(claim); }});
  }

  [[nodiscard]] const std::vector<DataAttack>& attacks() const { return attacks_; }

 private:
  template <class See>
  void add(DataAttack attack, const See& see) {
    const AttackField& field = field_;
    const bool at_claimed = attack.is_honest;
    attack.attempt = [&field, see, at_claimed](const Claim& claim) {
      const auto receipts = field.receipts(see(claim), claim);
      const Claim judged = at_claimed ? Claim{claim.said, claim.said} : claim;
      return field.judge(receipts, judged, field.options().faults);
    };
    attacks_.push_back(std::move(attack));
  }

  /// One key's receipts from two places at one time, judged together.
  [[nodiscard]] Outcome<AttackEnd> both_answer(const Claim& claim) const {
    auto receipts = field_.receipts(field_.seen_at(claim.said, claim), claim);
    for (Measurement& one : field_.receipts(field_.seen_at(claim.truth, claim), claim))
      receipts.push_back(std::move(one));
    return field_.judge(receipts, claim, field_.options().faults);
  }

  /// The landmark nearest to the chip is stated to stand at the claimed place.
  [[nodiscard]] Outcome<AttackEnd> wrong_place(const Claim& claim, std::uint32_t faults) const {
    const Delays quick = field_.seen_at(claim.truth, claim);
    const std::optional<std::size_t> moved = moved_of(quick, claim);
    Delays delays = field_.delayed(claim);
    if (moved) delays[*moved] = quick[*moved];
    const auto receipts = field_.receipts(delays, claim, moved);
    return field_.judge(receipts, claim, faults);
  }

  /// Whether the landmarks' delays among each other name the one that is stated wrongly.
  [[nodiscard]] Outcome<AttackEnd> compared(const Claim& claim) const {
    const std::optional<std::size_t> moved = moved_of(field_.seen_at(claim.truth, claim), claim);
    if (!moved) return AttackEnd::undecided;
    DAYMARK_TRY(const locate::DelayMatrix mesh, field_.mesh_with(*moved, field_.place(claim.said)));
    for (const locate::Contradiction& one : locate::contradictions_of(mesh, field_.options().speed))
      if (one.source == *moved || one.target == *moved) return AttackEnd::detected;
    return AttackEnd::undecided;
  }

  [[nodiscard]] std::optional<std::size_t> moved_of(const Delays& delays,
                                                    const Claim& claim) const {
    for (const std::size_t node : field_.nearest(claim.truth, claim))
      if (delays[node] > 0) return node;
    return std::nullopt;
  }

  const AttackField& field_;
  std::vector<DataAttack> attacks_;
};

/// All pairs of the bin in an order that the seed gives.
std::vector<Claim> claims_in(const AttackField& field, const DistanceBin& bin, std::uint64_t seed) {
  std::vector<Claim> out;
  for (std::size_t truth = 0; truth < field.size(); ++truth) {
    for (std::size_t said = 0; said < field.size(); ++said) {
      const double km = field.km(truth, said);
      if (truth != said && km >= bin.from_km && km < bin.to_km) out.push_back({truth, said});
    }
  }
  std::mt19937_64 engine(seed);
  for (std::size_t i = out.size(); i > 1; --i)
    std::swap(out[i - 1], out[engine() % i]);
  out.resize(std::min(out.size(), field.options().trials));
  return out;
}

}  // namespace

Outcome<std::vector<AttackRow>> attack_data(const locate::DelayMatrix& matrix,
                                            const DataAttackOptions& options) {
  const AttackField field(matrix, options);
  const DataCampaign campaign(field);
  std::vector<std::vector<Claim>> claims;
  claims.reserve(distance_bins.size());
  for (const DistanceBin& bin : distance_bins)
    claims.push_back(claims_in(field, bin, options.seed));
  std::vector<AttackRow> out;
  for (const DataAttack& attack : campaign.attacks()) {
    for (std::size_t bin = 0; bin < distance_bins.size(); ++bin) {
      AttackRow row{attack.name, std::string(distance_bins[bin].name), "data", "verdict"};
      row.may_pass = attack.may_pass;
      row.is_honest = attack.is_honest;
      for (const Claim& claim : claims[bin]) {
        DAYMARK_TRY(const AttackEnd end, attack.attempt(claim));
        row.count(end);
      }
      if (row.trials() > 0) out.push_back(std::move(row));
    }
  }
  return out;
}

}  // namespace daymark::redteam
