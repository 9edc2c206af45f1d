#include "daymark/beacon/mesh_publisher.h"

#include <algorithm>
#include <utility>

#include "daymark/base/file.h"

namespace daymark::beacon {

Outcome<std::vector<Byte>> PeerSession::open() {
  ByteArray<ranging::opening_size_max> space{};
  DAYMARK_TRY(const ByteView message, session_.open(key_, peer_.key, random_, space));
  return std::vector<Byte>(message.begin(), message.end());
}

Outcome<void> PeerSession::accept(ByteView welcome) {
  return about(session_.accept(welcome), std::string(peer_.name));
}

Outcome<ranging::AnswerTag> PeerSession::answer(std::uint32_t number,
                                                const ranging::Challenge& challenge) const {
  return about(session_.answer(number, challenge), std::string(peer_.name));
}

Outcome<void> PeerSession::deliver(ByteView receipt) {
  const ranging::ReceiptExpectation expected{&peer_, crypto::ed25519_public(key_),
                                             session_.nonce()};
  DAYMARK_CHECK(about(ranging::verify_receipt(receipt, expected), std::string(peer_.name)));
  entry_ = {peer_.key, session_.nonce(), {receipt.begin(), receipt.end()}};
  return {};
}

MeshPublisher::MeshPublisher(MeshOptions options, Clock& clock, Random& random, RangePeer range)
    : options_(std::move(options)), clock_(clock), random_(random), range_(std::move(range)) {}

Outcome<std::vector<PeerProblem>> MeshPublisher::round(const std::function<bool()>& go_on) {
  std::vector<PeerProblem> problems;
  for (const MeshPeer& peer : options_.peers) {
    if (!go_on()) return problems;
    PeerSession session(options_.key, peer.beacon, random_);
    const Outcome<void> done = range_(peer.address, session);
    if (done) {
      keep(session.entry());
    } else {
      problems.push_back({std::string(peer.beacon.name), done.error()});
    }
  }
  if (!entries_.empty()) DAYMARK_CHECK(publish());
  return problems;
}

void MeshPublisher::keep(const ranging::MeshEntry& entry) {
  const auto known = std::ranges::find(entries_, entry.peer, &ranging::MeshEntry::peer);
  if (known == entries_.end()) {
    entries_.push_back(entry);
  } else {
    *known = entry;
  }
}

Outcome<void> MeshPublisher::publish() {
  const ranging::Mesh mesh{crypto::ed25519_public(options_.key), options_.place, clock_.now(),
                           entries_};
  DAYMARK_TRY(const std::vector<Byte> message,
              about(ranging::sign_mesh(mesh, options_.key), options_.file));
  return write_file(options_.file, message);
}

}  // namespace daymark::beacon
