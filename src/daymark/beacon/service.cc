#include "daymark/beacon/service.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "daymark/beacon/errors.h"
#include "daymark/ranging/receipt_batch.h"

namespace daymark::beacon {

namespace {

std::optional<Reply> reply_with(const ranging::Packet& packet) {
  Reply reply;
  const auto written = ranging::write_packet(packet, reply.bytes);
  if (!written) return std::nullopt;
  reply.size = written->size();
  return reply;
}

std::optional<Reply> welcome_of(const Session& session) {
  const ByteView welcome = ByteView(session.opened.welcome).first(session.opened.welcome_size);
  return reply_with(ranging::WelcomePacket{session.opened.session, welcome});
}

/// Whom a limit is about: an IPv4 address, or the 64-bit network of an IPv6 address, since one
/// customer gets a whole network. Never the port: one host has 64 Ki of them.
ByteArray<17> rate_key(const net::Endpoint& source) {
  ByteArray<17> key{};
  key[0] = source.ipv6 ? 6 : 4;
  copy_bytes(ByteView(source.address).first(source.ipv6 ? 8 : 4), std::span(key).subspan<1>());
  return key;
}

/// Errors of both stamps make a round trip longer, never shorter.
RoundTripNanos round_trip(const StampNanos& sent, const StampNanos& received,
                          RoundTripNanos error) {
  return {add_saturating(received.nanos - sent.nanos, error.value)};
}

/// When the challenge left that `packet` answers rightly; none where it answers no open one.
std::optional<StampNanos> sending_of(const Session& session, const ranging::AnswerPacket& packet,
                                     const StampNanos& received) {
  if (!session.open || session.open->number != packet.number) return std::nullopt;
  const std::optional<StampNanos>& sent = session.open->sent;
  if (!sent || received.nanos < sent->nanos) return std::nullopt;
  const ranging::AnswerTag right =
      ranging::answer(session.opened.key, packet.number, session.open->challenge);
  return crypto::equal_secret(packet.tag, right) ? sent : std::nullopt;
}

/// A place is known for the moment of the measurement alone, while the time is that of signing.
bool is_too_old(const Session& session, std::int64_t now_nanos) {
  return now_nanos - session.least_began > to_nanos(measured_age_max);
}

}  // namespace

BeaconService::BeaconService(const BeaconSettings& settings, Clock& clock, Random& random)
    : settings_(settings),
      clock_(clock),
      random_(random),
      challenges_(random),
      cookies_(random),
      sessions_(
          {settings.limits.sessions, settings.limits.session_nanos, settings.limits.linger_nanos}),
      address_rate_(settings.limits.per_address, settings.limits.rate_keys),
      chip_rate_(settings.limits.per_chip, settings.limits.rate_keys) {
  settings_.limits.batch =
      std::clamp<std::size_t>(settings.limits.batch, 1, ranging::batch_receipts_max);
}

std::optional<Reply> BeaconService::handle(ByteView datagram, const net::Endpoint& source,
                                           const StampNanos& received) {
  const Arrival arrival{source, received};
  sessions_.expire(received.nanos);
  const auto packet = ranging::parse_packet(datagram);
  if (packet) {
    if (const auto* answer = std::get_if<ranging::AnswerPacket>(&*packet)) {
      return take(*answer, arrival);
    }
    if (const auto* ready = std::get_if<ranging::ReadyPacket>(&*packet)) {
      return proceed(*ready, arrival);
    }
    if (const auto* opening = std::get_if<ranging::OpeningPacket>(&*packet)) {
      return open(*opening, arrival);
    }
  }
  // Nothing is sent back, so that no forged source can make two beacons talk to each other.
  ++counters_.ignored;
  return std::nullopt;
}

void BeaconService::sent(const Reply& reply, const StampNanos& stamp) {
  Session* session = reply.timed ? sessions_.find(*reply.timed) : nullptr;
  const bool open = session != nullptr && session->open;
  if (open && session->open->number == reply.challenge) session->open->sent = stamp;
}

std::optional<Reply> BeaconService::open(const ranging::OpeningPacket& packet,
                                         const Arrival& arrival) {
  // PROTOCOL §9.1: until a cookie came back nothing is kept, verified or sent that is larger.
  if (!cookies_.accepts(packet.cookie, arrival.source, arrival.at.nanos)) {
    ++counters_.cookies;
    return reply_with(ranging::CookiePacket{cookies_.issue(arrival.source, arrival.at.nanos)});
  }
  if (!address_rate_.take(rate_key(arrival.source), arrival.at.nanos)) {
    return refuse_with(errc::beacon_rate);
  }
  const auto opened = ranging::accept_opening(packet.opening, settings_.key, random_);
  if (!opened) return refuse_with(opened.error().code);
  const Session* known = sessions_.find_by_nonce(opened->chip_nonce);
  if (known == nullptr) return open_new(*opened, arrival);
  // The welcome was lost and the opening came again, or somebody else replays it.
  const bool same = known->source == arrival.source && known->opened.chip == opened->chip;
  return same ? welcome_of(*known) : refuse_with(errc::beacon_session);
}

std::optional<Reply> BeaconService::open_new(const ranging::Opened& opened,
                                             const Arrival& arrival) {
  if (!chip_rate_.take(opened.chip, arrival.at.nanos)) return refuse_with(errc::beacon_rate);
  const Session* session = sessions_.add(opened, arrival.source, arrival.at.nanos);
  if (session == nullptr) return refuse_with(errc::beacon_busy);
  ++counters_.sessions;
  return welcome_of(*session);
}

std::optional<Reply> BeaconService::proceed(const ranging::ReadyPacket& packet,
                                            const Arrival& arrival) {
  Session* session = session_at(packet.session, arrival.source);
  return session == nullptr ? refuse_with(errc::beacon_session) : next(*session, arrival.at.nanos);
}

std::optional<Reply> BeaconService::take(const ranging::AnswerPacket& packet,
                                         const Arrival& arrival) {
  Session* session = session_at(packet.session, arrival.source);
  if (session == nullptr) return refuse_with(errc::beacon_session);
  const std::optional<StampNanos> sent = sending_of(*session, packet, arrival.at);
  if (!sent) {
    ++session->wrong;
    ++counters_.wrong_answers;
    return std::nullopt;
  }
  session->open.reset();
  const RoundTripNanos measured = round_trip(*sent, arrival.at, settings_.stamp_error);
  if (session->exchanges == 0 || measured < session->least_round_trip) {
    session->least_round_trip = measured;
    session->least_began = sent->nanos;
    session->quality = std::min(sent->quality, arrival.at.quality);
  }
  ++session->exchanges;
  return next(*session, arrival.at.nanos);
}

std::optional<Reply> BeaconService::next(Session& session, std::int64_t now_nanos) {
  if (session.waiting) return std::nullopt;
  if (!session.receipt.empty() || session.exchanges >= settings_.exchanges) {
    return finish(session, now_nanos);
  }
  const std::uint32_t most = settings_.exchanges * settings_.limits.challenges_each_answer;
  if (session.challenges < most) return challenge(session);
  return session.exchanges > 0 ? finish(session, now_nanos) : refuse_with(errc::beacon_unanswered);
}

std::optional<Reply> BeaconService::challenge(Session& session) {
  OpenChallenge open;
  open.number = session.challenges++;
  challenges_.fill(open.challenge);
  session.open = open;
  auto reply =
      reply_with(ranging::ChallengePacket{session.opened.session, open.number, open.challenge});
  if (!reply) return reply;
  reply->timed = session.opened.session;
  reply->challenge = open.number;
  return reply;
}

std::optional<Reply> BeaconService::finish(Session& session, std::int64_t now_nanos) {
  if (!session.receipt.empty()) {
    return reply_with(ranging::ReceiptPacket{session.opened.session, session.receipt});
  }
  session.open.reset();
  session.waiting = true;
  if (batch_.empty()) {
    batch_due_nanos_ = add_saturating(now_nanos, to_nanos(settings_.batch_interval));
  }
  batch_.push_back(session.opened.session);
  if (batch_.size() >= settings_.limits.batch) close_batch(now_nanos);
  return std::nullopt;
}

void BeaconService::close_batch(std::int64_t now_nanos) {
  std::vector<Session*> sessions;
  std::vector<ranging::ReceiptLeaf> leaves;
  for (const ranging::SessionId& id : std::exchange(batch_, {})) {
    Session* session = sessions_.find(id);
    if (session == nullptr) continue;  // its time was over
    session->waiting = false;
    if (is_too_old(*session, now_nanos)) {
      // Whoever asks again is measured anew, as far as its challenges go.
      session->exchanges = 0;
      ++counters_.refused;
      continue;
    }
    sessions.push_back(session);
    leaves.push_back(leaf_of(*session));
  }
  if (leaves.empty()) return;
  auto receipts = ranging::sign_batch(leaves, statement(), settings_.key);
  if (!receipts) {
    // No honest clock leads here; whoever asks again is in the next batch.
    counters_.refused += sessions.size();
    return;
  }
  ++counters_.batches;
  counters_.receipts += receipts->size();
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    sessions[i]->receipt = std::move((*receipts)[i]);
    unsent_.push_back(sessions[i]->opened.session);
    sessions_.retire(unsent_.back(), now_nanos);
  }
}

std::optional<AddressedReply> BeaconService::next_receipt(std::int64_t now_nanos) {
  if (!batch_.empty() && batch_due_nanos_ <= now_nanos) close_batch(now_nanos);
  while (!unsent_.empty()) {
    const Session* session = sessions_.find(unsent_.front());
    unsent_.pop_front();
    if (session == nullptr) continue;
    const auto reply =
        reply_with(ranging::ReceiptPacket{session->opened.session, session->receipt});
    if (reply) return AddressedReply{session->source, *reply};
  }
  return std::nullopt;
}

std::optional<std::int64_t> BeaconService::batch_due() const {
  if (!unsent_.empty()) return std::numeric_limits<std::int64_t>::min();
  return batch_.empty() ? std::nullopt : std::optional(batch_due_nanos_);
}

ranging::ReceiptLeaf BeaconService::leaf_of(const Session& session) const {
  ranging::ReceiptLeaf out;
  out.chip = session.opened.chip;
  out.chip_nonce = session.opened.chip_nonce;
  out.beacon_nonce = session.opened.beacon_nonce;
  out.least_round_trip =
      settings_.simulated_fault.claimed_round_trip.value_or(session.least_round_trip);
  out.exchanges = session.exchanges;
  out.quality = session.quality;
  return out;
}

ranging::BatchStatement BeaconService::statement() {
  return {settings_.place, clock_.now() + settings_.simulated_fault.time_shift,
          settings_.clock_radius};
}

std::optional<Reply> BeaconService::refuse_with(Errc code) {
  ++counters_.refused;
  return reply_with(ranging::ErrorPacket{code});
}

Session* BeaconService::session_at(const ranging::SessionId& id, const net::Endpoint& source) {
  Session* session = sessions_.find(id);
  return session != nullptr && session->source == source ? session : nullptr;
}

}  // namespace daymark::beacon
