#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/hex.h"
#include "daymark/token/ec_point_internal.h"

namespace daymark::token::internal {
namespace {

TEST(EcPoint, KnowsTheNamesOfTheCurve) {
  // Written by softhsm2-util, by pkcs11-tool 0.23 and by tools that follow GnuPG.
  for (const std::string_view text :
       {"06032b6570", "130c656477617264733235353139", "06092b06010401da470f01"}) {
    EXPECT_TRUE(is_ed25519(from_hex(text).value())) << text;
  }
  // Ed448, X25519, P-256, a cut and a longer text.
  for (const std::string_view text :
       {"06032b6571", "06032b656e", "06082a8648ce3d030107", "06032b65", "06032b657000", ""}) {
    EXPECT_FALSE(is_ed25519(from_hex(text).value())) << text;
  }
}

RC_GTEST_PROP(EcPoint, RawAndWrappedAreTheSame, (const ByteArray<32>& bytes)) {
  std::vector<Byte> wrapped{0x04, 0x20};
  wrapped.insert(wrapped.end(), bytes.begin(), bytes.end());
  RC_ASSERT(read_ec_point(bytes)->bytes == bytes);
  RC_ASSERT(read_ec_point(wrapped)->bytes == bytes);
}

RC_GTEST_PROP(EcPoint, OtherSizesAreNone, (std::vector<Byte> bytes)) {
  if (bytes.size() == 32) bytes.pop_back();
  RC_ASSERT(!read_ec_point(bytes));
  std::vector<Byte> wrapped(34);
  wrapped[0] = 0x03;
  wrapped[1] = 0x20;
  RC_ASSERT(!read_ec_point(wrapped));
}

}  // namespace
}  // namespace daymark::token::internal
