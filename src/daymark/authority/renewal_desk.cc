#include "daymark/authority/renewal_desk.h"

#include <algorithm>
#include <numeric>

#include "daymark/authority/errors.h"
#include "daymark/cbor/cose.h"
#include "daymark/cbor/errors.h"
#include "daymark/order/errors.h"

namespace daymark::authority {

namespace {

/// A signed request by its form alone.
struct ReadRequest {
  cbor::Sign1 message;
  order::RenewalRequest request;
};

Result<ReadRequest> read_signed(ByteView message) {
  if (message.size() > signed_request_max) return fail(errc::request_malformed);
  ReadRequest out;
  DAYMARK_TRY(out.message, cbor::parse_sign1(message));
  DAYMARK_TRY(out.request, order::parse_request(out.message.payload));
  return out;
}

}  // namespace

/// A request of an enrolled chip whose signature is yet to be judged.
struct RenewalDesk::Asked {
  std::size_t place = 0;  ///< in its group
  ByteView message;
  ByteView covered;  ///< by the signature
  crypto::Signature signature;
  std::uint64_t counter = 0;
  IndexedChip* chip = nullptr;
};

RenewalDesk::RenewalDesk(Parts parts)
    : records_(*parts.records),
      verifier_(std::move(parts.verifier)),
      book_(std::move(parts.disk), parts.segment_bytes) {}

Outcome<std::unique_ptr<RenewalDesk>> RenewalDesk::open(Parts parts) {
  std::unique_ptr<RenewalDesk> out(new RenewalDesk(std::move(parts)));
  DAYMARK_CHECK(out->chips_.catch_up(out->records_));
  DAYMARK_CHECK(out->book_.open([&](ByteView request) { out->recall(request); }));
  out->former_.clear();
  return out;
}

Outcome<std::vector<RenewalVerdict>> RenewalDesk::take(std::span<const ByteView> messages) {
  if (messages.size() > renewal_group_max) return refuse(errc::cbor_length, "requests");
  DAYMARK_CHECK(chips_.catch_up(records_));
  const std::size_t purpose_size = order::renewal_purpose.size();
  space_.resize(std::transform_reduce(
      messages.begin(), messages.end(), std::size_t{0}, std::plus(), [&](ByteView message) {
        return std::min(message.size(), signed_request_max) + purpose_size;
      }));
  MutableBytes space = space_;
  std::vector<RenewalVerdict> out;
  std::vector<Asked> asked;
  out.reserve(messages.size());
  asked.reserve(messages.size());
  for (const ByteView message : messages) {
    Result<Asked> one = read(message, space);
    out.emplace_back(one ? fail(errc::cose_signature, field::cose_signature_field)
                         : fail(one.error()));
    if (!one) continue;
    one->place = out.size() - 1;
    asked.push_back(*one);
  }
  const std::span<bool> valid = std::span(*valid_).first(asked.size());
  verify(asked, valid);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (valid[i]) out[asked[i].place] = settle(asked[i]);
  }
  DAYMARK_CHECK(write());
  return out;
}

Outcome<Digest> RenewalDesk::take_one(ByteView message) {
  DAYMARK_TRY(const std::vector<RenewalVerdict> verdicts, take({&message, 1}));
  return about(verdicts.front(), "request");
}

/// Puts what the signature covers at the front of `space` and takes it off.
Result<RenewalDesk::Asked> RenewalDesk::read(ByteView message, MutableBytes& space) {
  DAYMARK_TRY(const ReadRequest parsed, read_signed(message));
  Asked out{.place = 0,
            .message = message,
            .covered = {},
            .signature = parsed.message.signature,
            .counter = parsed.request.counter,
            .chip = chips_.find(parsed.message.key, parsed.request.chip)};
  if (out.chip == nullptr) return fail(errc::authority_chip_unknown);
  DAYMARK_TRY(out.covered, cbor::signed_bytes(parsed.message, order::renewal_purpose, space));
  space = space.subspan(out.covered.size());
  return out;
}

void RenewalDesk::verify(std::span<const Asked> asked, std::span<bool> valid) const {
  std::vector<lanes::SignedMessage> signatures;
  signatures.reserve(asked.size());
  for (const Asked& one : asked)
    signatures.push_back({&one.chip->key, one.covered, &one.signature});
  verifier_->verify(signatures, valid);
}

/// The rule of counters, for a request that its chip did sign.
RenewalVerdict RenewalDesk::settle(const Asked& asked) {
  IndexedChip& chip = *asked.chip;
  const Digest hash = order::request_hash(asked.message);
  if (chip.has_asked() && chip.newest.hash == hash) return hash;
  if (chip.has_asked() && asked.counter <= chip.newest.counter) {
    return fail(errc::authority_document_old, field::renewal_request);
  }
  replace(chip, {asked.counter, hash, asked.message.size()});
  fresh_.push_back(asked.message);
  return hash;
}

void RenewalDesk::replace(IndexedChip& chip, const NewestRequest& newest) {
  former_.push_back({&chip, chip.newest});
  live_bytes_ += std::uint64_t{newest.size} - chip.newest.size;
  chip.newest = newest;
}

/// Writes what is fresh, or forgets it.
Outcome<void> RenewalDesk::write() {
  const Outcome<void> written = fresh_.empty() ? Outcome<void>{} : book_.add(fresh_);
  if (!written) undo();
  fresh_.clear();
  former_.clear();
  // The group is durable: what cleaning could not do now, a later group tries again.
  if (written && book_.worth_cleaning(live_bytes_)) {
    (void)book_.clean([this](ByteView request) { return is_newest(request); });
  }
  return written;
}

void RenewalDesk::undo() {
  std::for_each(former_.rbegin(), former_.rend(), [this](const Former& former) {
    live_bytes_ += std::uint64_t{former.newest.size} - former.chip->newest.size;
    former.chip->newest = former.newest;
  });
}

/// One of the book's requests at the start. They were judged when they came. Of two with the same
/// counter the later was acknowledged: the earlier failed to be written, and half did.
void RenewalDesk::recall(ByteView request) {
  const Result<ReadRequest> parsed = read_signed(request);
  if (!parsed) return;
  IndexedChip* const chip = chips_.find(parsed->message.key, parsed->request.chip);
  if (chip == nullptr || parsed->request.counter < chip->newest.counter) return;
  replace(*chip, {parsed->request.counter, order::request_hash(request), request.size()});
  former_.clear();
}

bool RenewalDesk::is_newest(ByteView request) const {
  const Result<ReadRequest> parsed = read_signed(request);
  if (!parsed) return false;
  const IndexedChip* const chip = chips_.find(parsed->message.key, parsed->request.chip);
  return chip != nullptr && chip->has_asked() && chip->newest.hash == order::request_hash(request);
}

}  // namespace daymark::authority
