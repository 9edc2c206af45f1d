#include "daymark/redteam/socket_attacks.h"

#include <algorithm>
#include <functional>
#include <optional>

#include <fmt/format.h>

#include "daymark/base/error_table.h"
#include "daymark/beacon/errors.h"
#include "daymark/cbor/errors.h"
#include "daymark/governor/errors.h"
#include "daymark/net/errors.h"
#include "daymark/ranging/errors.h"
#include "daymark/ranging/packet.h"
#include "daymark/redteam/lab.h"

namespace daymark::redteam {

namespace {

constexpr agent::RangingPatience lab_patience{seconds(1), 3, seconds(8)};
constexpr agent::RangingPatience no_patience{Millis{300}, 2, seconds(2)};
constexpr crypto::SecretKey lab_chip_key{{9, 9, 9}};

/// How an attempt ended, and the name of what was answered.
struct Attempt {
  AttackEnd end = AttackEnd::undecided;
  std::string answer;
};

std::string name_of(const Failure& failure) {
  return std::string(entry_of(failure.error.code).name);
}

/// A refusal by name is what an attack must meet; anything else has let it pass.
Attempt refused_as(const Outcome<void>& outcome, std::initializer_list<Errc> expected) {
  if (outcome) return {AttackEnd::missed, "accepted"};
  const bool known = std::ranges::find(expected, outcome.error().error.code) != expected.end();
  return {known ? AttackEnd::detected : AttackEnd::undecided, name_of(outcome.error())};
}

/// One lab, and everything that is tried in it.
class SocketCampaign {
 public:
  explicit SocketCampaign(const Lab& lab) : lab_(lab) {}

  /// Ranges with all beacons; what one of them refuses doesn't stop the others.
  using RouteOf = std::function<std::string(std::size_t beacon)>;

  void range(LabChip& chip, const RouteOf& route) const {
    for (std::size_t beacon = 0; beacon < Lab::beacons; ++beacon)
      (void)agent::range_with({beacon, route(beacon)}, chip, lab_patience);
  }

  /// What the governor's fence makes of it; `place` 0 is home.
  [[nodiscard]] Attempt judged(LabChip& chip, std::size_t place) const {
    switch (chip.fence(lab_.fence())) {
      case governor::FenceResult::inside:
        return {place == 0 ? AttackEnd::truly : AttackEnd::missed, "inside"};
      case governor::FenceResult::outside: return {AttackEnd::detected, "gov_fence_outside"};
      default: return {AttackEnd::undecided, "gov_fence_stale"};
    }
  }

  [[nodiscard]] Attempt honest(std::size_t place) const {
    LabChip chip(lab_.charter(), lab_chip_key);
    range(chip, [&](std::size_t beacon) { return lab_.route(place, beacon); });
    return judged(chip, place);
  }

  [[nodiscard]] Attempt added_delay(std::size_t place) const {
    LabChip chip(lab_.charter(), lab_chip_key);
    chip.slowness = Millis{3};
    range(chip, [&](std::size_t beacon) { return lab_.route(place, beacon); });
    return judged(chip, place);
  }

  [[nodiscard]] Attempt relay(std::size_t place) const {
    LabChip chip(lab_.charter(), lab_chip_key);
    range(chip, [&](std::size_t beacon) { return lab_.relayed(place, beacon); });
    return judged(chip, place);
  }

  [[nodiscard]] Attempt clone_alone(std::size_t) const {
    LabChip clone(lab_.charter(), lab_chip_key);
    range(clone, [&](std::size_t beacon) { return lab_.route(0, beacon); });
    return judged(clone, 1);
  }

  [[nodiscard]] Attempt liars(std::size_t place, std::size_t count) const {
    LabChip chip(lab_.charter(), lab_chip_key);
    range(chip, [&](std::size_t beacon) {
      return lab_.route(place, beacon, beacon < count ? LabBeacon::lying : LabBeacon::honest);
    });
    return judged(chip, place);
  }

  /// A refusal of one session with the first beacon.
  [[nodiscard]] Attempt with_first(LabBeacon kind, std::initializer_list<Errc> expected) const {
    LabChip chip(lab_.charter(), lab_chip_key);
    const auto receipt = agent::range_with({0, lab_.route(0, 0, kind)}, chip, lab_patience);
    return refused_as(receipt ? Outcome<void>{} : std::unexpected(receipt.error()), expected);
  }

  [[nodiscard]] Attempt guessed_answers(std::size_t) const {
    LabChip chip(lab_.charter(), lab_chip_key);
    chip.guesses = true;
    const auto receipt = agent::range_with({0, lab_.route(0, 0)}, chip, no_patience);
    return refused_as(receipt ? Outcome<void>{} : std::unexpected(receipt.error()),
                      {errc::net_timeout, errc::beacon_unanswered});
  }

  /// An old receipt comes again: at once, and in the next session.
  [[nodiscard]] Attempt replay(std::size_t) const {
    LabChip chip(lab_.charter(), lab_chip_key);
    const auto receipt = agent::range_with({0, lab_.route(0, 0)}, chip, lab_patience);
    if (!receipt) return {AttackEnd::undecided, name_of(receipt.error())};
    const Attempt again = refused_as(chip.deliver(0, *receipt), {errc::gov_no_session});
    const auto opened = chip.open(0);
    if (!opened || again.end != AttackEnd::detected) return again;
    return refused_as(chip.deliver(0, *receipt), {errc::receipt_nonce});
  }

  /// One operator's clock is 400 days ahead: the chip's must stay right.
  [[nodiscard]] Attempt wrong_time(std::size_t) const {
    LabChip chip(lab_.charter(), lab_chip_key);
    range(chip, [&](std::size_t beacon) {
      return lab_.route(0, beacon, beacon == 1 ? LabBeacon::wrong_time : LabBeacon::honest);
    });
    const governor::ClockReading clock = chip.now().clock;
    const UnixMillis truth = SystemClock().now();
    if (!clock.fresh) return {AttackEnd::undecided, "no young time"};
    const bool right = clock.earliest <= truth && truth <= clock.latest + seconds(5) &&
                       clock.latest - clock.earliest < seconds(60);
    return {right ? AttackEnd::detected : AttackEnd::missed, "outvoted"};
  }

  /// A forged source gets no more bytes than it spends, and no session.
  [[nodiscard]] Outcome<Attempt> amplification() const {
    DAYMARK_TRY(net::UdpSocket socket, net::UdpSocket::bind({}));
    std::size_t worst_percent = 0;
    ByteArray<ranging::packet_size_max + 1> buffer{};
    for (const std::vector<Byte>& packet : requests()) {
      DAYMARK_TRY([[maybe_unused]] const net::Stamp sent, socket.send_to(lab_.direct(0), packet));
      std::size_t got = 0;
      while (true) {
        DAYMARK_TRY(const auto reply, socket.receive(buffer, Millis{20}));
        if (!reply) break;
        got += reply->content.size();
      }
      worst_percent = std::max(worst_percent, 100 * got / packet.size());
    }
    return Attempt{worst_percent <= 100 ? AttackEnd::detected : AttackEnd::missed,
                   fmt::format("at most {}% of the bytes come back", worst_percent)};
  }

 private:
  /// Everything that a stranger may send before a cookie came back.
  [[nodiscard]] static std::vector<std::vector<Byte>> requests() {
    crypto::SeededRandom random(3);
    std::vector<std::vector<Byte>> out;
    const auto add = [&out](const ranging::Packet& packet) {
      ByteArray<ranging::packet_size_max> space{};
      if (const auto written = ranging::write_packet(packet, space))
        out.emplace_back(written->begin(), written->end());
    };
    const ranging::SessionId session{random.draw<16>()};
    const auto noise = random.draw<200>();
    add(ranging::OpeningPacket{});
    add(ranging::OpeningPacket{random.draw<16>(), noise});
    add(ranging::ReadyPacket{session});
    add(ranging::AnswerPacket{session, 1, random.draw<8>()});
    add(ranging::CookiePacket{random.draw<16>()});
    add(ranging::ReceiptPacket{session, noise});
    for (const std::size_t size : {std::size_t{1}, std::size_t{8}, std::size_t{200}})
      out.emplace_back(noise.begin(), noise.begin() + static_cast<std::ptrdiff_t>(size));
    return out;
  }

  const Lab& lab_;
};

struct SocketAttack {
  std::string name;
  bool may_pass = false;
  bool is_honest = false;
  bool far = true;  // tried from every distance; else at home alone
  std::function<Attempt(std::size_t place)> attempt;
};

std::vector<SocketAttack> attacks_in(const SocketCampaign& lab) {
  const std::string too_many = fmt::format("lying beacons: {}, one too many", Lab::faults + 1);
  return {
      {"honest chip at the claimed place", false, true, false,
       [&lab](std::size_t place) { return lab.honest(place); }},
      {"naive spoof", false, false, true, [&lab](std::size_t place) { return lab.honest(place); }},
      {"added delay", false, false, true,
       [&lab](std::size_t place) { return lab.added_delay(place); }},
      {"relay at the claimed place", false, false, true,
       [&lab](std::size_t place) { return lab.relay(place); }},
      {"cloned key, the clone alone answers", true, false, true,
       [&lab](std::size_t place) { return lab.clone_alone(place); }},
      {fmt::format("lying beacons: {0} of {0} allowed", Lab::faults), false, false, true,
       [&lab](std::size_t place) { return lab.liars(place, Lab::faults); }},
      {too_many, true, false, true,
       [&lab](std::size_t place) { return lab.liars(place, Lab::faults + 1); }},
      {"wrong beacon place", false, false, false,
       [&lab](std::size_t) {
         return lab.with_first(LabBeacon::wrong_place, {errc::receipt_place});
       }},
      {"beacon impersonation", false, false, false,
       [&lab](std::size_t) {
         return lab.with_first(LabBeacon::impostor, {errc::ranging_opening, errc::ranging_welcome,
                                                     errc::cose_signature});
       }},
      {"guessed answers", false, false, false,
       [&lab](std::size_t place) { return lab.guessed_answers(place); }},
      {"replay of time and receipt", false, false, false,
       [&lab](std::size_t place) { return lab.replay(place); }},
      {"wrong time of one operator", false, false, false,
       [&lab](std::size_t place) { return lab.wrong_time(place); }},
  };
}

AttackRow play(const SocketAttack& attack, std::size_t place, double km, std::size_t rounds) {
  AttackRow row{attack.name, attack.far ? fmt::format("{:g} km", km) : "at home", "sockets", ""};
  row.may_pass = attack.may_pass;
  row.is_honest = attack.is_honest;
  for (std::size_t round = 0; round < rounds; ++round) {
    Attempt one = attack.attempt(place);
    row.count(one.end);
    row.answer = std::move(one.answer);
  }
  return row;
}

}  // namespace

Outcome<std::vector<AttackRow>> attack_sockets(const SocketAttackOptions& options) {
  DAYMARK_TRY(const std::unique_ptr<Lab> lab, Lab::open(options.away_km));
  const SocketCampaign campaign(*lab);
  std::vector<AttackRow> out;
  for (const SocketAttack& attack : attacks_in(campaign)) {
    if (!attack.far) out.push_back(play(attack, 0, 0, options.rounds));
    for (std::size_t i = 0; attack.far && i < options.away_km.size(); ++i)
      out.push_back(play(attack, i + 1, options.away_km[i], options.rounds));
  }
  AttackRow row{"amplification attempt", "anywhere", "sockets", ""};
  for (std::size_t round = 0; round < options.rounds; ++round) {
    DAYMARK_TRY(Attempt one, campaign.amplification());
    row.count(one.end);
    row.answer = std::move(one.answer);
  }
  out.push_back(std::move(row));
  return out;
}

}  // namespace daymark::redteam
