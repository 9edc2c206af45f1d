#include "daymark/order/proven.h"

#include <gtest/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/order/errors.h"
#include "daymark/order/order_testing.h"

namespace daymark::order {
namespace {

using testing::World;

std::string_view name_of_error(const auto& result) {
  return result ? "ok" : entry_of(result.error().code).name;
}

TEST(Prove, AcceptsASuspension) {
  World world;
  auto scratch = std::make_unique<ProofScratch>();
  const auto logged = world.prove(world.suspend_fleet(days(4)), {"owner", "regulator-a"});
  const auto proven = prove_order(logged.message(), world.charter(), *scratch);
  ASSERT_EQ(name_of_error(proven), "ok");
  EXPECT_EQ(proven->logged_at(), testing::world_start);
  EXPECT_EQ(proven->binds_at(), testing::world_start + hours(72));
}

}  // namespace
}  // namespace daymark::order
