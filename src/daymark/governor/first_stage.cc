#include "daymark/governor/first_stage.h"

#include "daymark/base/frame.h"
#include "daymark/cbor/cose.h"
#include "daymark/cbor/writer.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/flash_storage.h"

namespace daymark::governor {

namespace {

constexpr std::string_view image_mark = "DIM1";
constexpr std::string_view certificate_mark = "DCE1";
constexpr std::size_t mark_size = 4;

std::uint32_t number_at(ByteView bytes, std::size_t at) {
  return get_big_endian<std::uint32_t>(bytes.subspan(at).first<4>());
}

bool is_marked(ByteView bytes, std::string_view mark) {
  return equal(bytes.first(mark_size), bytes_of(mark));
}

Digest derive_from(ByteView secret, std::string_view purpose, ByteView detail) {
  const std::array<ByteView, 2> parts{bytes_of(purpose), detail};
  return crypto::hmac_sha256(secret, parts);
}

/// [identity key, digest of the first stage, digest of the image, image key, chip key].
Result<ByteView> write_claims(const crypto::PublicKey& identity, const Digest& stage,
                              const Handover& to, MutableBytes space) {
  cbor::Writer out(space);
  out.open_array(5);
  out.put_bytes(identity.bytes);
  out.put_bytes(stage);
  out.put_bytes(to.image);
  out.put_bytes(crypto::ed25519_public(image_key(to.image_secret)).bytes);
  out.put_bytes(crypto::ed25519_public(to.chip).bytes);
  return out.finish();
}

}  // namespace

ByteArray<image_head_size> write_image_head(std::uint32_t size) {
  ByteArray<image_head_size> out{};
  copy_bytes(bytes_of(image_mark), out);
  put_big_endian(size, std::span(out).subspan<4, 4>());
  put_big_endian(crc32(ByteView(out).first(8)), std::span(out).subspan<8, 4>());
  return out;
}

Result<ByteView> read_image(ByteView sector) {
  const std::uint32_t size = number_at(sector, 4);
  if (!is_marked(sector, image_mark) || crc32(sector.first(8)) != number_at(sector, 8) ||
      size > certificate_at(sector.size()) - image_head_size) {
    return fail(errc::gov_storage);
  }
  return sector.subspan(image_head_size, size);
}

Result<ByteView> read_certificate(ByteView sector) {
  const ByteView page = sector.subspan(certificate_at(sector.size()));
  const std::uint32_t size = number_at(page, 4);
  if (!is_marked(page, certificate_mark) || size > certificate_size_max ||
      crc32(page.first(8 + size)) != number_at(page, 8 + size)) {
    return fail(errc::gov_storage);
  }
  return page.subspan(8, size);
}

crypto::SecretKey image_key(const Digest& image_secret) {
  return {derive_from(image_secret, "daymark image key v1", {})};
}

FirstStage::~FirstStage() {
  crypto::erase(secret_);
  crypto::erase(chip_.seed);
}

Digest FirstStage::derive(std::string_view purpose, ByteView detail) const {
  return derive_from(secret_, purpose, detail);
}

Digest FirstStage::boot_key_of(const Digest& author) const {
  return derive("daymark boot v1", author);
}

Result<void> FirstStage::prepare(Handover& out) {
  DAYMARK_CHECK(open_secrets());
  DAYMARK_TRY(running_.image, read_factory_page(flash_.sector(maker_sector)));
  std::optional<ImageName> next;
  unsigned tries = 0;
  replay(next, tries);
  if (next && tries < trials_max && start({*next, true}, out)) return ok();
  return start({running_, false}, out);
}

Result<void> FirstStage::open_secrets() {
  const ByteView sector = flash_.sector(key_sector);
  if (!read_secret_page(sector) || !read_key_page(sector)) DAYMARK_CHECK(draw_secrets());
  DAYMARK_TRY(secret_, read_secret_page(sector));
  DAYMARK_TRY(chip_, read_key_page(sector));
  return ok();
}

/// A chip that has written anything had secrets: without them it is no new chip.
Result<void> FirstStage::draw_secrets() {
  FlashStorage storage(flash_);
  DAYMARK_TRY(const std::uint64_t count, storage.counter());
  if (count != 0 || !BootBook(flash_).is_blank(0)) return fail(errc::gov_state_lost);
  crypto::SecretKey chip;
  Digest secret{};
  random_.fill(chip.seed);
  random_.fill(secret);
  DAYMARK_CHECK(flash_.erase(key_sector));
  const auto secret_page = write_secret_page(secret);
  const auto key_page = write_key_page(chip);
  DAYMARK_CHECK(flash_.program(key_sector, secret_page_at, secret_page));
  return flash_.program(key_sector, 0, key_page);
}

/// Reads the book from its beginning; a record that its author's key doesn't seal counts for
/// nothing.
void FirstStage::replay(std::optional<ImageName>& next, unsigned& tries) {
  const BootBook book(flash_);
  for (std::size_t cell = 0; cell < book.cells() && !book.is_blank(cell); ++cell) {
    const Result<BootRecord> record = book.read(cell);
    if (record && is_sealed(*record, boot_key_of(record->author))) take(*record, next, tries);
  }
}

void FirstStage::take(const BootRecord& record, std::optional<ImageName>& next, unsigned& tries) {
  const bool by_running = record.author == running_.image;
  if (record.step == BootStep::approved && by_running && record.name.version > running_.version) {
    next = record.name;
    tries = 0;
    return;
  }
  if (!next || record.name != *next) return;
  if (record.step == BootStep::tried && record.author == Digest{}) ++tries;
  if (record.step == BootStep::started && record.author == next->image) {
    running_ = *next;
    next.reset();
  }
}

/// The slot whose image, copied to where it would run, has this digest.
Result<unsigned> FirstStage::load(const Digest& image) {
  for (unsigned slot = image_sector; slot < image_sector + image_slots; ++slot) {
    const Result<ByteView> stored = read_image(flash_.sector(slot));
    if (!stored || stored->size() > space_.size()) continue;
    copy_bytes(*stored, space_);
    if (crypto::sha256(ByteView(space_).first(stored->size())) == image) return slot;
  }
  return fail(errc::gov_storage);
}

Result<void> FirstStage::start(const Choice& choice, Handover& out) {
  DAYMARK_TRY(const unsigned slot, load(choice.name.image));
  if (choice.trial) {
    // Before the start: an image that hangs has used up a trial.
    const BootRecord tried{BootStep::tried, choice.name, Digest{}, Digest{}};
    DAYMARK_CHECK(BootBook(flash_).append(tried, boot_key_of(Digest{})));
  }
  out = Handover{};
  out.mark = handover_mark;
  out.slot = slot;
  out.trial = choice.trial ? 1 : 0;
  out.version = choice.name.version;
  out.image = choice.name.image;
  out.image_secret = derive("daymark image v1", out.image);
  out.boot_key = boot_key_of(out.image);
  out.chip = chip_;
  return certify(slot, out);
}

/// Once for each image that is put into a slot.
Result<void> FirstStage::certify(unsigned slot, const Handover& to) {
  const ByteView sector = flash_.sector(slot);
  if (read_certificate(sector)) return ok();
  const crypto::SecretKey identity{derive("daymark identity v1", {})};
  ByteArray<certificate_size_max> claims_space{};
  DAYMARK_TRY(const ByteView claims,
              write_claims(crypto::ed25519_public(identity), own_, to, claims_space));
  ByteArray<8 + certificate_size_max + 4> page{};
  const MutableBytes room = MutableBytes(page).subspan(8, certificate_size_max);
  DAYMARK_TRY(const ByteView certificate,
              cbor::make_sign1(claims, image_certificate_purpose, identity, room));
  const std::size_t size = certificate.size();
  copy_bytes(bytes_of(certificate_mark), page);
  put_big_endian(static_cast<std::uint32_t>(size), std::span(page).subspan<4, 4>());
  put_big_endian(crc32(ByteView(page).first(8 + size)),
                 MutableBytes(page).subspan(8 + size).first<4>());
  return flash_.program(slot, certificate_at(sector.size()), ByteView(page).first(8 + size + 4));
}

}  // namespace daymark::governor
