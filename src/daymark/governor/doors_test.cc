// The table of doors against the messages and the document.
#include "daymark/governor/doors.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "daymark/governor/errors.h"
#include "daymark/governor/governor_testing.h"

namespace daymark::governor {
namespace {

using namespace daymark::governor::testing;

TEST(DoorsTest, TheDocumentIsTheTable) {
  std::ifstream file(std::string(DAYMARK_SOURCE_DIR) + "/docs/command-list.md");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), print_doors()) << "explore --command-list > docs/command-list.md";
}

/// What read_op knows has a row, and nothing else has.
TEST(DoorsTest, EveryOperationThatIsReadHasItsRow) {
  std::size_t known = 0;
  for (std::uint8_t number = 0; number < 0xFF; ++number) {
    bool read = false;
    for (std::uint8_t items = 2; items <= 10 && !read; ++items) {
      std::vector<Byte> request{static_cast<Byte>(0x80U + items), 1, 0x18, number};
      if (number < 0x18) request.erase(request.begin() + 2);
      request.resize(request.size() + items - 2U, 0);
      cbor::Reader in(request);
      read = read_op(in).has_value();
    }
    known += read ? 1 : 0;
    EXPECT_EQ(read, number > 0 && number <= message_doors().size()) << int{number};
  }
  EXPECT_EQ(known, message_doors().size());
}

TEST(DoorsTest, OrdersBearTheNamesOfTheirKinds) {
  ASSERT_EQ(order_doors().size(), order::order_kind_count);
  for (const Door& door : order_doors())
    EXPECT_EQ(door.name, order::name_of(static_cast<order::OrderKind>(door.number)));
}

TEST(DoorsTest, ChangesAreSeen) {
  World world;
  Device device(world);
  State before{ledger::Peak{}};
  std::array<std::vector<Byte>, 2> charters;  // of `before`, since the storage is written again
  const auto seen = [&] {
    const State& now = device.governor().state();
    const PartSet out = changed_parts(before, now);
    before = now;
    charters = {std::vector<Byte>(now.charter.begin(), now.charter.end()),
                std::vector<Byte>(now.other.begin(), now.other.end())};
    before.charter = charters[0];
    before.other = charters[1];
    return out;
  };
  static_cast<void>(seen());
  EXPECT_EQ(seen(), 0U);
  device.enrol();
  const PartSet enrol = message_doors()[static_cast<std::size_t>(Op::enrol) - 1].changes;
  const PartSet enrolled = seen();
  EXPECT_NE(enrolled, 0U);
  EXPECT_EQ(enrolled & ~enrol, 0U);
  device.range();
  static_cast<void>(seen());
  ASSERT_TRUE(device.client().request_renewal());
  EXPECT_EQ(seen(), PartSet{1} << static_cast<unsigned>(Part::request));
  EXPECT_EQ(name_of(Part::request), "request");
}

}  // namespace
}  // namespace daymark::governor
