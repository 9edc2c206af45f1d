#include "daymark/ranging/session.h"

#include "daymark/cbor/cose.h"
#include "daymark/cbor/layout.h"
#include "daymark/ranging/errors.h"

namespace daymark::ranging {

namespace {

constexpr std::string_view key_purpose = "daymark ranging key v1";
constexpr std::uint64_t session_version = 1;
constexpr std::size_t opening_items = 5;
constexpr std::size_t welcome_items = 6;

/// Room for the payload or the Sig_structure of either message.
using Scratch = ByteArray<welcome_size_max + cbor::sig_structure_overhead>;

struct Opening {
  crypto::PublicKey beacon;
  Digest chip_nonce{};
  crypto::ExchangePublicKey exchange;
  crypto::PublicKey chip;
};

struct Welcome {
  crypto::PublicKey chip;
  Digest chip_nonce{};
  Digest beacon_nonce{};
  crypto::ExchangePublicKey exchange;
  SessionId session;
};

constexpr auto opening_layout =
    cbor::layout<Opening>(DAYMARK_MEMBER(Opening, beacon, field::beacon_key),
                          DAYMARK_MEMBER(Opening, chip_nonce, field::chip_nonce),
                          DAYMARK_MEMBER(Opening, exchange), DAYMARK_MEMBER(Opening, chip));

constexpr auto welcome_layout = cbor::layout<Welcome>(
    DAYMARK_MEMBER(Welcome, chip), DAYMARK_MEMBER(Welcome, chip_nonce, field::chip_nonce),
    DAYMARK_MEMBER(Welcome, beacon_nonce), DAYMARK_MEMBER(Welcome, exchange),
    DAYMARK_MEMBER(Welcome, session));

Result<void> enter(cbor::Reader& reader, std::size_t items, Errc code) {
  DAYMARK_CHECK(reader.enter_array_of(items));
  DAYMARK_TRY(const std::uint64_t version, reader.read_unsigned());
  return version == session_version ? ok() : fail(code);
}

Result<Opening> parse_opening(ByteView payload) {
  cbor::Reader reader(payload);
  Opening out;
  DAYMARK_CHECK(enter(reader, opening_items, errc::ranging_opening));
  DAYMARK_CHECK(cbor::read_layout(reader, opening_layout, out));
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<ByteView> write_opening(const Opening& opening, MutableBytes out) {
  cbor::Writer writer(out);
  writer.open_array(opening_items);
  writer.put_unsigned(session_version);
  cbor::put_layout(writer, opening_layout, opening);
  return writer.finish();
}

Result<Welcome> parse_welcome(ByteView payload) {
  cbor::Reader reader(payload);
  Welcome out;
  DAYMARK_CHECK(enter(reader, welcome_items, errc::ranging_welcome));
  DAYMARK_CHECK(cbor::read_layout(reader, welcome_layout, out));
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<ByteView> write_welcome(const Welcome& welcome, MutableBytes out) {
  cbor::Writer writer(out);
  writer.open_array(welcome_items);
  writer.put_unsigned(session_version);
  cbor::put_layout(writer, welcome_layout, welcome);
  return writer.finish();
}

struct KeyInput {
  Digest chip_nonce{};
  Digest beacon_nonce{};
  crypto::PublicKey chip;
  crypto::PublicKey beacon;
};

/// Errors: errc::key_invalid where the other side sent a low-order point (RFC 7748 §6.1).
Result<SessionKey> agree(const crypto::ExchangeSecretKey& mine,
                         const crypto::ExchangePublicKey& theirs, const KeyInput& input) {
  DAYMARK_TRY(auto secret, crypto::x25519(mine, theirs));
  const ByteView parts[] = {secret, input.chip_nonce, input.beacon_nonce, input.chip.bytes,
                            input.beacon.bytes};
  Digest hash = crypto::tagged_hash(key_purpose, parts);
  const auto key = array_of<16>(ByteView(hash).first(16));
  crypto::erase(secret);
  crypto::erase(hash);
  return key;
}

/// Parses and verifies: the payload of a message that `key` signed for `purpose`.
Result<ByteView> open_signed(ByteView message, std::string_view purpose,
                             const crypto::PublicKey& key) {
  DAYMARK_TRY(const cbor::Sign1 signed_message, cbor::parse_sign1(message));
  Scratch scratch{};
  DAYMARK_CHECK(cbor::verify_sign1(signed_message, purpose, key, scratch));
  return signed_message.payload;
}

}  // namespace

AnswerTag answer(const SessionKey& key, std::uint32_t number, const Challenge& challenge) {
  ByteArray<sizeof number + Challenge{}.size()> message{};
  put_big_endian(number, std::span(message).first<sizeof number>());
  copy_bytes(challenge, std::span(message).subspan<sizeof number>());
  return crypto::siphash(key, message);
}

ChipSession::~ChipSession() {
  clear();
}

void ChipSession::clear() {
  crypto::erase(exchange_.bytes);
  crypto::erase(key_);
  open_ = false;
  ready_ = false;
}

Result<ByteView> ChipSession::open(const crypto::SecretKey& chip, const crypto::PublicKey& beacon,
                                   Random& random, MutableBytes out) {
  clear();
  chip_ = crypto::ed25519_public(chip);
  beacon_ = beacon;
  random.fill(nonce_);
  random.fill(exchange_.bytes);
  const Opening opening{beacon, nonce_, crypto::x25519_public(exchange_), chip_};
  Scratch payload_space{};
  Scratch scratch{};
  DAYMARK_TRY(const ByteView payload, write_opening(opening, payload_space));
  DAYMARK_TRY(const ByteView message, cbor::make_sign1(payload, open_purpose, chip, out, scratch));
  open_ = true;
  return message;
}

Result<void> ChipSession::accept(ByteView welcome) {
  if (!open_ || welcome.size() > welcome_size_max) return fail(errc::ranging_welcome);
  DAYMARK_TRY(const ByteView payload, open_signed(welcome, welcome_purpose, beacon_));
  DAYMARK_TRY(const Welcome parsed, parse_welcome(payload));
  if (parsed.chip != chip_) return fail(errc::ranging_welcome);
  // Our nonce makes it fresh: a welcome of another session is not one for this session.
  if (parsed.chip_nonce != nonce_) return fail(errc::ranging_welcome, field::chip_nonce);
  const KeyInput input{nonce_, parsed.beacon_nonce, chip_, beacon_};
  const Result<SessionKey> key = agree(exchange_, parsed.exchange, input);
  if (!key) return fail(errc::ranging_welcome);
  key_ = *key;
  crypto::erase(exchange_.bytes);
  open_ = false;
  ready_ = true;
  return ok();
}

Result<AnswerTag> ChipSession::answer(std::uint32_t number, const Challenge& challenge) const {
  if (!ready_) return fail(errc::ranging_not_ready);
  return ranging::answer(key_, number, challenge);
}

Result<Opened> accept_opening(ByteView opening, const crypto::SecretKey& beacon, Random& random) {
  if (opening.size() > opening_size_max) return fail(errc::ranging_opening);
  DAYMARK_TRY(const cbor::Sign1 signed_opening, cbor::parse_sign1(opening));
  DAYMARK_TRY(const Opening parsed, parse_opening(signed_opening.payload));
  const crypto::PublicKey self = crypto::ed25519_public(beacon);
  // Named in the signed part, so that no beacon can pass an opening on to another (PROTOCOL §9.1).
  if (parsed.beacon != self) return fail(errc::ranging_opening, field::beacon_key);
  Scratch scratch{};
  DAYMARK_CHECK(cbor::verify_sign1(signed_opening, open_purpose, parsed.chip, scratch));
  crypto::ExchangeSecretKey exchange{random.draw<32>()};
  Opened out;
  out.chip = parsed.chip;
  out.chip_nonce = parsed.chip_nonce;
  random.fill(out.beacon_nonce);
  random.fill(out.session.bytes);
  const KeyInput input{out.chip_nonce, out.beacon_nonce, out.chip, self};
  const Result<SessionKey> key = agree(exchange, parsed.exchange, input);
  const Welcome welcome{out.chip, out.chip_nonce, out.beacon_nonce, crypto::x25519_public(exchange),
                        out.session};
  crypto::erase(exchange.bytes);
  if (!key) return fail(errc::ranging_opening);
  out.key = *key;
  Scratch payload_space{};
  DAYMARK_TRY(const ByteView payload, write_welcome(welcome, payload_space));
  DAYMARK_TRY(const ByteView message,
              cbor::make_sign1(payload, welcome_purpose, beacon, out.welcome, scratch));
  out.welcome_size = message.size();
  return out;
}

}  // namespace daymark::ranging
