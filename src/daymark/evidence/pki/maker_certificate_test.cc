#include "daymark/evidence/pki/maker_certificate.h"

#include <gtest/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/crypto/random.h"
#include "daymark/evidence/evidence_testing.h"

namespace daymark::evidence {
namespace {

class MakerCertificate : public ::testing::Test {
 protected:
  template <class T>
  static std::string_view named(const Result<T>& result) {
    return result ? "ok" : entry_of(result.error().code).name;
  }

  [[nodiscard]] std::string certified(const Maker& by, std::string_view under) {
    return certify_identity(by, under, device_, test_time, random_).value_or("");
  }

  crypto::SeededRandom random_{1};
  Maker maker_{"Example Chips", {random_.draw<32>()}};
  DeviceIdentity device_{crypto::ed25519_public({random_.draw<32>()}), random_.draw<32>()};
  std::string root_ = make_maker_root(maker_, test_time, random_).value_or("");
};

TEST_F(MakerCertificate, NamesIdentityAndFirstStage) {
  const std::string chip = certified(maker_, root_);
  const auto found = check_identity_certificate(chip, root_, test_time + days(1));
  ASSERT_EQ(named(found), "ok");
  EXPECT_EQ(*found, device_);
}

TEST_F(MakerCertificate, OutlivesNoRoot) {
  const std::string chip = certified(maker_, root_);
  EXPECT_EQ(named(check_identity_certificate(chip, root_, test_time + days(29 * 365))), "ok");
  EXPECT_EQ(named(check_identity_certificate(chip, root_, test_time + days(31 * 365))),
            "gov_maker_certificate");
  EXPECT_EQ(named(check_identity_certificate(chip, root_, test_time - days(1))),
            "gov_maker_certificate");
}

TEST_F(MakerCertificate, AnotherMakerCertifiesNothingHere) {
  const Maker other{"Example Chips", {random_.draw<32>()}};
  const std::string other_root = *make_maker_root(other, test_time, random_);
  EXPECT_EQ(named(check_identity_certificate(certified(other, other_root), root_, test_time)),
            "gov_maker_certificate");
  EXPECT_EQ(certified(other, root_), "") << "the key is not the root's";
}

TEST_F(MakerCertificate, AChipIsNoAuthority) {
  const crypto::SecretKey identity{random_.draw<32>()};
  device_.key = crypto::ed25519_public(identity);
  const std::string chip = certified(maker_, root_);
  const Maker forger{"chip", identity};
  const std::string forged = certified(forger, chip);
  EXPECT_EQ(named(check_identity_certificate(forged, root_, test_time)), "gov_maker_certificate");
  EXPECT_EQ(named(check_identity_certificate(forged, chip, test_time)), "gov_maker_certificate");
  EXPECT_EQ(named(check_identity_certificate(root_, root_, test_time)), "gov_maker_certificate");
  EXPECT_EQ(named(check_identity_certificate(chip + chip, root_, test_time)),
            "gov_maker_certificate");
}

TEST_F(MakerCertificate, EveryCharacterOfItCounts) {
  const std::string chip = certified(maker_, root_);
  const std::size_t first = chip.find('\n') + 1;
  const std::size_t last = chip.find("\n-----END");
  for (std::size_t at = first; at + 4 < last; at += 5) {
    if (chip[at] == '\n') continue;
    std::string changed = chip;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_NE(named(check_identity_certificate(changed, root_, test_time)), "ok") << at;
  }
}

TEST_F(MakerCertificate, NamesThatCannotBeWrittenAreRefused) {
  for (const std::string& name : {std::string(), std::string(65, 'a'), std::string("a\nb")})
    EXPECT_EQ(named(make_maker_root({name, maker_.key}, test_time, random_)),
              "gov_maker_certificate");
}

}  // namespace
}  // namespace daymark::evidence
