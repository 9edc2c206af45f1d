// The first stage and the image door over simulated flash: who starts, who can approve, what a loss
// of power at any step leaves.
#include "daymark/governor/first_stage.h"

#include <map>
#include <memory>

#include <gtest/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/cbor/encode.h"
#include "daymark/crypto/random.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/flash_simulated_testing.h"
#include "daymark/governor/governor_testing.h"
#include "daymark/governor/image_client.h"

namespace daymark::governor {
namespace {

using order::testing::verdict;
using testing::SimulatedFlash;
using testing::verdict;

constexpr std::size_t image_room = std::size_t{60} << 10U;
const Digest stage_digest{7, 7, 7};

std::vector<Byte> image_named(Byte name, std::size_t size = 3000) {
  return std::vector<Byte>(size, name);
}

ApprovedFirmware approval(std::uint64_t version, ByteView image) {
  return {version, crypto::sha256(image)};
}

/// One power cycle: the first stage, then the doors of the image that it left.
class Booted {
 public:
  explicit Booted(SimulatedFlash& flash, std::uint64_t seed = 1) : random_(seed) {
    FirstStage stage(flash, random_, stage_digest, space_);
    done = stage.prepare(handover);
    if (!done) return;
    chip = crypto::ed25519_public(handover.chip);
    door = std::make_unique<ImageDoor>(flash, handover, chip, boot);
  }

  [[nodiscard]] bool runs(ByteView image) const {
    return done && handover.image == crypto::sha256(image) &&
           equal(ByteView(space_).first(image.size()), image);
  }

  /// A transport to the door of an image whose governor has this approval in its state.
  [[nodiscard]] Transport transport(const ApprovedFirmware& approved) {
    return [this, approved](ByteView request) -> Outcome<std::vector<Byte>> {
      std::vector<Byte> space(response_size_max);
      const auto response = door->handle(request, approved, space);
      if (!response) return std::unexpected(Failure(response.error(), "door"));
      return std::vector<Byte>(response->begin(), response->end());
    };
  }

  [[nodiscard]] Outcome<void> install(const ApprovedFirmware& approved, ByteView image) {
    return install_image(transport(approved), image);
  }

  Handover handover;
  crypto::PublicKey chip;
  BootId boot;
  Result<void> done;
  std::unique_ptr<ImageDoor> door;

 private:
  crypto::SeededRandom random_;
  std::vector<Byte> space_ = std::vector<Byte>(image_room);
};

/// A chip as its maker hands it over, with image 1 in the first slot.
SimulatedFlash new_chip() {
  SimulatedFlash flash;
  const std::vector<Byte> image = image_named(1);
  flash.sectors[maker_sector].assign(SimulatedFlash::sector_size, 0xFF);
  copy_bytes(write_factory_page(crypto::sha256(image)),
             std::span(flash.sectors[maker_sector]).subspan(factory_page_at));
  copy_bytes(write_image_head(static_cast<std::uint32_t>(image.size())),
             flash.sectors[image_sector]);
  copy_bytes(image, std::span(flash.sectors[image_sector]).subspan(image_head_size));
  return flash;
}

/// Approves, puts in and starts an image until it has sealed that it answers.
void update(SimulatedFlash& flash, std::uint64_t version, ByteView image) {
  Booted old(flash);
  ASSERT_EQ(verdict(old.done), "ok");
  ASSERT_EQ(verdict(old.door->confirm()), "ok");
  ASSERT_EQ(verdict(old.door->note(approval(version, image))), "ok");
  ASSERT_EQ(verdict(old.install(approval(version, image), image)), "ok");
  Booted next(flash);
  ASSERT_TRUE(next.runs(image));
  ASSERT_EQ(verdict(next.door->confirm()), "ok");
}

TEST(FirstStage, StartsTheMakersImageAndDrawsItsSecretsOnce) {
  SimulatedFlash flash = new_chip();
  const Booted first(flash, 1);
  ASSERT_TRUE(first.runs(image_named(1)));
  EXPECT_EQ(first.handover.trial, 0U);
  const Booted second(flash, 2);
  EXPECT_EQ(second.handover.chip.seed, first.handover.chip.seed);
  EXPECT_EQ(second.handover.image_secret, first.handover.image_secret);
  SimulatedFlash other = new_chip();
  const Booted stranger(other, 3);
  EXPECT_NE(stranger.handover.image_secret, first.handover.image_secret);
}

TEST(FirstStage, StartsNothingElse) {
  SimulatedFlash changed = new_chip();
  changed.sectors[image_sector][image_head_size + 17] ^= 1U;
  EXPECT_EQ(verdict(Booted(changed).done), "gov_storage");
  SimulatedFlash longer = new_chip();
  copy_bytes(write_image_head(3001), longer.sectors[image_sector]);
  EXPECT_EQ(verdict(Booted(longer).done), "gov_storage");
  SimulatedFlash unmade = new_chip();
  unmade.sectors[maker_sector].assign(SimulatedFlash::sector_size, 0xFF);
  EXPECT_EQ(verdict(Booted(unmade).done), "gov_storage");
}

TEST(FirstStage, KeysThatAreGoneAreNotDrawnAgain) {
  SimulatedFlash flash = new_chip();
  update(flash, 1, image_named(2));
  flash.sectors[key_sector].assign(SimulatedFlash::sector_size, 0xFF);
  EXPECT_EQ(verdict(Booted(flash).done), "gov_state_lost");
}

TEST(FirstStage, EachImageHasKeysOfItsOwnUnderOneIdentity) {
  SimulatedFlash flash = new_chip();
  const Digest nonce{9};
  const auto claim_of = [&](Booted& booted) {
    const auto documents = ask_for_image(booted.transport({}), nonce);
    EXPECT_EQ(verdict(documents), "ok");
    const auto claim = check_image_statement(*documents, nonce);
    EXPECT_EQ(verdict(claim), "ok");
    return claim.value_or(ImageClaim{});
  };
  Booted old(flash);
  const ImageClaim before = claim_of(old);
  update(flash, 1, image_named(2));
  Booted next(flash);
  const ImageClaim after = claim_of(next);
  EXPECT_EQ(before.identity, after.identity);
  EXPECT_EQ(before.chip, after.chip);
  EXPECT_EQ(after.first_stage, stage_digest);
  EXPECT_EQ(after.image, crypto::sha256(image_named(2)));
  EXPECT_NE(before.image_key, after.image_key);
}

TEST(FirstStage, ReturnsToTheOldImageWhenTheNewOneNeverAnswers) {
  SimulatedFlash flash = new_chip();
  const std::vector<Byte> image = image_named(2);
  Booted old(flash);
  ASSERT_EQ(verdict(old.door->note(approval(1, image))), "ok");
  ASSERT_EQ(verdict(old.install(approval(1, image), image)), "ok");
  for (unsigned trial = 0; trial < trials_max; ++trial)
    EXPECT_TRUE(Booted(flash).runs(image)) << trial;
  EXPECT_TRUE(Booted(flash).runs(image_named(1)));
  // A newer order gives it another three.
  Booted again(flash);
  ASSERT_EQ(verdict(again.door->note(approval(2, image))), "ok");
  EXPECT_TRUE(Booted(flash).runs(image));
}

TEST(FirstStage, NeverGoesBackOnceTheNewOneHasAnswered) {
  SimulatedFlash flash = new_chip();
  update(flash, 1, image_named(2));
  update(flash, 2, image_named(3));
  EXPECT_TRUE(Booted(flash).runs(image_named(3)));
  // The old image in the other slot has the maker's page and its own approvals, and no longer
  // counts.
  flash.sectors[image_sector].swap(flash.sectors[image_sector + 1]);
  EXPECT_TRUE(Booted(flash).runs(image_named(3)));
  flash.sectors[image_sector].assign(SimulatedFlash::sector_size, 0xFF);
  const Booted first(flash);
  EXPECT_TRUE(first.runs(image_named(3)) || !first.done);
  EXPECT_FALSE(first.runs(image_named(2)));
}

TEST(FirstStage, BelievesNoRecordWithoutItsAuthorsKey) {
  SimulatedFlash flash = new_chip();
  const std::vector<Byte> image = image_named(2);
  const Booted old(flash);
  copy_bytes(write_image_head(static_cast<std::uint32_t>(image.size())),
             flash.sectors[image_sector + 1]);
  copy_bytes(image, std::span(flash.sectors[image_sector + 1]).subspan(image_head_size));
  const ImageName name{1, crypto::sha256(image)};
  BootBook book(flash);
  // By an image that doesn't run, in its own name; by nobody; by the right one with a bit changed.
  const Digest stranger = name.image;
  ASSERT_TRUE(book.append({BootStep::approved, name, stranger, Digest{}}, Digest{1}));
  ASSERT_TRUE(book.append({BootStep::approved, name, old.handover.image, Digest{}}, Digest{2}));
  auto near = write_boot_record({BootStep::approved, {2, name.image}, old.handover.image, Digest{}},
                                old.handover.boot_key);
  near[15] = 3;  // the version
  copy_bytes(near, std::span(flash.sectors[boot_sector]).subspan(2 * boot_record_size));
  EXPECT_TRUE(Booted(flash).runs(image_named(1)));
}

TEST(FirstStage, AnImageThatNeverStartedCanApproveNothing) {
  SimulatedFlash flash = new_chip();
  update(flash, 1, image_named(2));
  Booted running(flash);
  // Sealed by image 1, which started before, but doesn't count any more.
  SimulatedFlash before = new_chip();
  const Booted first(before);
  BootBook book(flash);
  const ImageName back{9, crypto::sha256(image_named(1))};
  ASSERT_TRUE(book.append({BootStep::approved, back, first.handover.image, Digest{}},
                          first.handover.boot_key));
  EXPECT_TRUE(Booted(flash).runs(image_named(2)));
}

TEST(FirstStage, VersionsRise) {
  SimulatedFlash flash = new_chip();
  update(flash, 1, image_named(2));
  const Booted running(flash);
  const ImageName back{1, crypto::sha256(image_named(1))};
  ASSERT_TRUE(BootBook(flash).append({BootStep::approved, back, running.handover.image, Digest{}},
                                     running.handover.boot_key));
  EXPECT_TRUE(Booted(flash).runs(image_named(2)));
}

TEST(ImageDoor, ApprovesNothingBeforeItHasAnswered) {
  SimulatedFlash flash = new_chip();
  Booted old(flash);
  ASSERT_EQ(verdict(old.door->note(approval(1, image_named(2)))), "ok");
  ASSERT_EQ(verdict(old.install(approval(1, image_named(2)), image_named(2))), "ok");
  Booted next(flash);
  ASSERT_EQ(verdict(next.door->note(approval(2, image_named(3)))), "ok");
  ASSERT_EQ(verdict(next.door->confirm()), "ok");
  ASSERT_EQ(verdict(next.door->note(approval(2, image_named(3)))), "ok");
  ASSERT_EQ(verdict(next.install(approval(2, image_named(3)), image_named(3))), "ok");
  EXPECT_TRUE(Booted(flash).runs(image_named(3)));
}

TEST(ImageDoor, TakesPiecesOnlyForAnApprovedImageThatDoesNotRun) {
  SimulatedFlash flash = new_chip();
  const std::vector<Byte> image = image_named(2);
  Booted old(flash);
  EXPECT_EQ(verdict(old.install({}, image)), "gov_no_image");
  EXPECT_EQ(verdict(old.install(approval(1, image_named(1)), image)), "gov_no_image");
  EXPECT_EQ(flash.erases, 1U) << "of the key sector, at the first start";
  EXPECT_EQ(verdict(old.install(approval(1, image), image_named(3, 70'000))), "gov_message");
  EXPECT_EQ(verdict(old.install(approval(1, image), image)), "ok");
}

TEST(ImageDoor, TakesPiecesInSequence) {
  SimulatedFlash flash = new_chip();
  const std::vector<Byte> image = image_named(2);
  Booted old(flash);
  const Transport transport = old.transport(approval(1, image));
  const auto send = [&](ImagePiece piece) {
    const auto response =
        transport(cbor::encode([&](cbor::Writer& w) { write_image_piece(piece, w); }));
    cbor::Reader in(*response);
    return std::string(verdict(read_response(in)));
  };
  const ByteView bytes(image);
  EXPECT_EQ(send({image_piece_max, 3000, bytes.first(image_piece_max)}), "gov_message");
  EXPECT_EQ(send({0, 3000, bytes.first(image_piece_max)}), "ok");
  EXPECT_EQ(send({2 * image_piece_max, 3000, bytes.first(image_piece_max)}), "gov_message");
  EXPECT_EQ(send({image_piece_max, 3000, bytes.first(100)}), "gov_message") << "short";
  EXPECT_EQ(send({image_piece_max, 900, bytes.first(image_piece_max)}), "gov_message") << "beyond";
  EXPECT_EQ(send({image_piece_max, 3000, bytes.first(image_piece_max)}), "ok");
  EXPECT_FALSE(Booted(flash).runs(image)) << "half an image is none";
}

TEST(ImageDoor, LeavesTheGovernorsMessagesAlone) {
  for (std::uint8_t op = 1; op <= op_max; ++op) {
    const auto request =
        cbor::encode([&](cbor::Writer& w) { write_plain(static_cast<Op>(op), w); });
    EXPECT_FALSE(is_for_image_door(request)) << int{op};
  }
  // Whatever their length, and whatever is no message at all.
  const auto permit =
      cbor::encode([](cbor::Writer& w) { write_permit_request(testing::job(1), w); });
  EXPECT_FALSE(is_for_image_door(permit));
  EXPECT_FALSE(is_for_image_door({}));
  EXPECT_TRUE(
      is_for_image_door(cbor::encode([](cbor::Writer& w) { write_image_statement({}, w); })));
  static_assert(static_cast<std::uint8_t>(ImageOp::piece) == op_max + 1);
}

TEST(ImageStatement, EveryBitOfItCounts) {
  SimulatedFlash flash = new_chip();
  Booted booted(flash);
  const Digest nonce{4};
  const auto documents = ask_for_image(booted.transport({}), nonce);
  ASSERT_EQ(verdict(documents), "ok");
  EXPECT_EQ(verdict(check_image_statement(*documents, Digest{5})), "gov_nonce");
  const auto changed = [&](std::vector<Byte> ImageStatement::* part) {
    for (std::size_t bit = 0; bit < ((*documents).*part).size() * 8; bit += 3) {
      ImageStatement copy = *documents;
      (copy.*part)[bit / 8] ^= static_cast<Byte>(1U << bit % 8);
      EXPECT_FALSE(check_image_statement(copy, nonce)) << bit;
    }
  };
  changed(&ImageStatement::certificate);
  changed(&ImageStatement::statement);
}

/// Approve, put in, start, confirm, until the power fails; then what starts.
void live_until_power_fails(SimulatedFlash& flash, ByteView image) {
  Booted old(flash);
  if (!old.done || !old.door->note(approval(1, image)) || !old.install(approval(1, image), image)) {
    return;
  }
  Booted next(flash);
  if (next.done) static_cast<void>(next.door->confirm());
}

TEST(FirstStage, PowerMayFailAtEveryStep) {
  const std::vector<Byte> old_image = image_named(1);
  const std::vector<Byte> image = image_named(2);
  SimulatedFlash whole = new_chip();
  live_until_power_fails(whole, image);
  ASSERT_TRUE(Booted(whole).runs(image));
  bool was_new = false;
  for (std::size_t step = 0; step < whole.steps; ++step) {
    SimulatedFlash flash = new_chip();
    flash.cut_after(step);
    live_until_power_fails(flash, image);
    flash.restore_power();
    const Booted after(flash);
    ASSERT_TRUE(after.runs(old_image) || after.runs(image)) << step;
    EXPECT_FALSE(was_new && after.runs(old_image)) << "an older image came back at " << step;
    was_new = after.runs(image);
    update(flash, 2, image_named(3));
    EXPECT_TRUE(Booted(flash).runs(image_named(3))) << step;
  }
  EXPECT_TRUE(was_new);
}

}  // namespace
}  // namespace daymark::governor
