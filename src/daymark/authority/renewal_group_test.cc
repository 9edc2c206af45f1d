#include "daymark/authority/renewal_group.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/authority/errors.h"
#include "daymark/cbor/encode.h"
#include "daymark/order/order_testing.h"

namespace daymark::authority {
namespace {

using order::testing::verdict;

std::vector<ByteView> views(const std::vector<std::vector<Byte>>& all) {
  return {all.begin(), all.end()};
}

RC_GTEST_PROP(RenewalGroup, ComesBackAsItWasPrinted,
              (const std::vector<std::vector<Byte>>& requests)) {
  const std::vector<Byte> body = print_renewal_group(views(requests));
  const auto parsed = parse_renewal_group(body);
  RC_ASSERT(parsed.has_value() == !requests.empty());
  if (requests.empty()) return;
  RC_ASSERT(parsed->size() == requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i)
    RC_ASSERT(equal((*parsed)[i], requests[i]));
  for (std::size_t size = 0; size < body.size(); ++size)
    RC_ASSERT(!parse_renewal_group(ByteView(body).first(size)));
}

TEST(RenewalGroup, HasOneToFourThousandAndNinetySixRequests) {
  const std::vector<Byte> request{1, 2, 3};
  const auto of = [&](std::size_t count) {
    return print_renewal_group(std::vector<ByteView>(count, request));
  };
  EXPECT_EQ(verdict(parse_renewal_group(of(0))), "cbor_length");
  EXPECT_EQ(parse_renewal_group(of(1))->size(), 1U);
  EXPECT_EQ(parse_renewal_group(of(4096))->size(), 4096U);
  EXPECT_EQ(verdict(parse_renewal_group(of(4097))), "cbor_length");
  std::vector<Byte> trailing = of(1);
  trailing.push_back(0);
  EXPECT_EQ(verdict(parse_renewal_group(trailing)), "cbor_trailing");
  EXPECT_EQ(verdict(parse_renewal_group(bytes_of("\x81\x01"))), "cbor_type");
  EXPECT_EQ(verdict(parse_renewal_group(bytes_of("\x41\x01"))), "cbor_type");
  EXPECT_FALSE(parse_renewal_group({}));
}

TEST(RenewalGroup, AFullGroupOfLongestRequestsFitsTheBody) {
  const std::vector<Byte> longest(signed_request_max);
  const std::vector<ByteView> full(renewal_group_max, longest);
  EXPECT_EQ(print_renewal_group(full).size(), renewal_group_size_max);
}

RC_GTEST_PROP(RenewalAnswer, ComesBackAsItWasPrinted, (const std::vector<std::uint16_t>& codes)) {
  std::vector<RenewalVerdict> verdicts;
  for (const std::uint16_t code : codes) {
    if (code == 0) verdicts.emplace_back(Digest{7});
    if (code != 0) verdicts.emplace_back(fail(static_cast<Errc>(code)));
  }
  verdicts.emplace_back(Digest{9});
  const auto parsed = parse_renewal_answer(print_renewal_answer(verdicts));
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(*parsed == verdicts);
}

TEST(RenewalAnswer, HoldsHashesAndErrorsOnly) {
  const auto parse = [](std::string_view body) {
    return verdict(parse_renewal_answer(bytes_of(body)));
  };
  EXPECT_EQ(parse(std::string_view("\x81\x19\x09\x06", 4)), "ok");
  EXPECT_EQ(parse(std::string_view("\x81\x00", 2)), "cbor_range");
  EXPECT_EQ(parse(std::string_view("\x81\x1a\x00\x01\x00\x00", 6)), "cbor_range");
  EXPECT_EQ(parse("\x81\x41\x01"), "cbor_length");
  EXPECT_EQ(parse("\x81\x61\x61"), "cbor_type");
  EXPECT_EQ(parse(std::string_view("\x81\x01\x00", 3)), "cbor_trailing");
  EXPECT_EQ(parse("\x80"), "cbor_length");
  EXPECT_EQ(parse(""), "cbor_truncated");
}

}  // namespace
}  // namespace daymark::authority
