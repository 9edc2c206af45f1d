#include "chip_load.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "figures.h"

namespace daymark::bench {

namespace {

using Steady = std::chrono::steady_clock;

constexpr Millis lost_after{200};

net::UdpBatch open_socket() {
  net::UdpOptions options;
  options.kernel_stamps = false;
  auto socket = net::UdpSocket::bind(options);
  require(socket.has_value(), "no port on loopback");
  return {*std::move(socket), ranging::packet_size_max};
}

Steady::time_point after(double seconds) {
  return Steady::now() +
         std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(seconds));
}

std::span<const net::Datagram> received(net::UdpBatch& socket) {
  const auto got = socket.receive(lost_after);
  require(got.has_value(), "the client's socket failed");
  return *got;
}

}  // namespace

std::size_t echo_load(const net::Endpoint& server, ByteView datagram, double seconds) {
  net::UdpBatch socket = open_socket();
  const std::vector<net::Outgoing> all(net::udp_batch_max, net::Outgoing{server, datagram});
  std::size_t replies = 0;
  std::size_t under_way = 0;
  for (const auto end = after(seconds); Steady::now() < end;) {
    while (under_way < window) {
      const std::size_t count = std::min(window - under_way, net::udp_batch_max);
      (void)socket.send(std::span(all).first(count));
      under_way += count;
    }
    const std::size_t got = received(socket).size();
    replies += got;
    under_way = got == 0 ? 0 : under_way - std::min(got, under_way);
  }
  return replies;
}

std::size_t ChipLoad::IdHash::operator()(const ranging::SessionId& id) const {
  std::size_t out = 0;
  std::memcpy(&out, id.bytes.data(), sizeof out);
  return out;
}

ChipLoad::ChipLoad(const net::Endpoint& server, const crypto::PublicKey& beacon, std::size_t count)
    : server_(server), socket_(open_socket()), space_(net::udp_batch_max) {
  outgoing_.reserve(net::udp_batch_max);
  for (std::size_t i = 0; i < count; ++i) {
    chips_.push_back(std::make_unique<Chip>());
    random_.fill(chips_.back()->key.seed);
  }
  open_all(beacon);
  require(by_session_.size() == count, "not all sessions were opened");
}

void ChipLoad::put(const ranging::Packet& packet) {
  const auto written = ranging::write_packet(packet, space_[outgoing_.size()]);
  require(written.has_value(), "a packet can't be written");
  outgoing_.push_back({server_, *written});
  if (outgoing_.size() == net::udp_batch_max) flush();
}

void ChipLoad::flush() {
  if (outgoing_.empty()) return;
  (void)socket_.send(outgoing_);
  outgoing_.clear();
}

void ChipLoad::open_all(const crypto::PublicKey& beacon) {
  put(ranging::OpeningPacket{});
  flush();
  const auto replies = received(socket_);
  require(!replies.empty(), "the beacon does not answer");
  const auto first = ranging::parse_packet(replies.front().content);
  const auto* cookie = first ? std::get_if<ranging::CookiePacket>(&*first) : nullptr;
  require(cookie != nullptr, "the beacon gives no cookie");
  const ranging::Cookie token = cookie->cookie;
  constexpr std::size_t at_once = 16;  // openings are large, and judged slowly
  for (std::size_t from = 0; from < chips_.size(); from += at_once) {
    const std::size_t end = std::min(from + at_once, chips_.size());
    for (std::size_t i = from; i < end; ++i) {
      ByteArray<ranging::opening_size_max> space{};
      const auto opening = chips_[i]->session.open(chips_[i]->key, beacon, random_, space);
      require(opening.has_value(), "a chip does not open");
      put(ranging::OpeningPacket{token, *opening});
    }
    flush();
    while (by_session_.size() < end) {
      const auto welcomes = received(socket_);
      require(!welcomes.empty(), "a welcome was lost");
      for (const net::Datagram& datagram : welcomes)
        take_welcome(datagram.content, from, end);
    }
  }
}

/// Whose it is, only the chips can say: each tries it.
void ChipLoad::take_welcome(ByteView datagram, std::size_t from, std::size_t end) {
  const auto packet = ranging::parse_packet(datagram);
  const auto* welcome = packet ? std::get_if<ranging::WelcomePacket>(&*packet) : nullptr;
  require(welcome != nullptr, "the beacon refuses a session");
  for (std::size_t i = from; i < end; ++i) {
    if (chips_[i]->session.ready() || !chips_[i]->session.accept(welcome->welcome)) continue;
    by_session_[welcome->session] = i;
    return;
  }
}

std::size_t ChipLoad::take_replies() {
  std::size_t challenges = 0;
  const auto replies = received(socket_);
  under_way_ = replies.empty() ? 0 : under_way_ - std::min(replies.size(), under_way_);
  for (const net::Datagram& datagram : replies) {
    const auto packet = ranging::parse_packet(datagram.content);
    require(packet.has_value(), "the beacon sends noise");
    if (std::get_if<ranging::ReceiptPacket>(&*packet) != nullptr) ++receipts_;
    const auto* challenge = std::get_if<ranging::ChallengePacket>(&*packet);
    if (challenge == nullptr) continue;
    waiting_.push_back({by_session_.at(challenge->session), *challenge});
    ++challenges;
  }
  return challenges;
}

void ChipLoad::ask_all() {
  for (const auto& [session, chip] : by_session_) {
    put(ranging::ReadyPacket{session});
    if (++under_way_ < window) continue;
    flush();
    while (under_way_ > window / 2)
      (void)take_replies();
  }
  flush();
  while (under_way_ > 0)
    (void)take_replies();
}

void ChipLoad::answer_waiting() {
  while (under_way_ < window && !waiting_.empty()) {
    const Waiting next = waiting_.front();
    waiting_.pop_front();
    const auto tag =
        chips_[next.chip]->session.answer(next.challenge.number, next.challenge.challenge);
    require(tag.has_value(), "a chip has no session");
    put(ranging::AnswerPacket{next.challenge.session, next.challenge.number, *tag});
    ++under_way_;
  }
  flush();
}

std::size_t ChipLoad::answer_for(double seconds) {
  if (waiting_.empty()) ask_all();
  std::size_t answered = 0;
  for (const auto end = after(seconds); Steady::now() < end;) {
    answer_waiting();
    answered += take_replies();
  }
  while (under_way_ > 0)
    answered += take_replies();
  return answered;
}

std::size_t ChipLoad::answer_all() {
  ask_all();
  while (receipts_ < chips_.size() && !(waiting_.empty() && under_way_ == 0)) {
    answer_waiting();
    (void)take_replies();
  }
  return receipts_;
}

}  // namespace daymark::bench
