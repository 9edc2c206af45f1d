#include "daymark/usage/telemetry.h"

#include <sstream>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/usage/errors.h"

namespace daymark::usage {
namespace {

/// The error of the first line that is refused, or Error{}.
Error refusal(const std::string& text) {
  std::istringstream input(text);
  auto reader = TelemetryReader::open(input);
  if (!reader) return reader.error();
  while (true) {
    const auto sample = reader->next();
    if (!sample) return sample.error();
    if (!*sample) return {};
  }
}

Error refusal_of_line(const std::string& line) {
  return refusal("t_s,gpu,power_w,gpu_util_pct,tensor_active,energy_j,phase\n" + line + "\n");
}

TEST(Telemetry, ReadsByNameInAnyOrder) {
  std::istringstream input("energy_j,gpu,power_w,t_s,tensor_active\r\n12.5,3,400.25,0.34,\n");
  auto reader = TelemetryReader::open(input);
  ASSERT_TRUE(reader);
  EXPECT_TRUE(reader->has_tensor_activity());
  EXPECT_TRUE(reader->has_energy_counter());
  const auto sample = reader->next();
  ASSERT_TRUE(sample && *sample);
  EXPECT_EQ((*sample)->gpu, 3U);
  EXPECT_EQ((*sample)->at.value, 340);
  EXPECT_EQ((*sample)->watts, 400.25);
  EXPECT_EQ((*sample)->energy_joules, 12.5);
  EXPECT_FALSE((*sample)->tensor_active);  // empty is unknown, not zero
  EXPECT_FALSE((*sample)->busy);
  const auto end = reader->next();
  ASSERT_TRUE(end);
  EXPECT_FALSE(*end);
}

TEST(Telemetry, LastLineNeedsNoLineFeed) {
  std::istringstream input("t_s,gpu,power_w,gpu_util_pct\n1,0,75,50");
  auto reader = TelemetryReader::open(input);
  const auto sample = reader->next();
  ASSERT_TRUE(sample && *sample);
  EXPECT_EQ((*sample)->busy, 0.5);
  EXPECT_FALSE(reader->next()->has_value());
}

TEST(Telemetry, HeaderIsStrict) {
  EXPECT_EQ(refusal("").code, errc::telemetry_header);
  EXPECT_EQ(refusal("t_s,gpu\n").code, errc::telemetry_header);
  EXPECT_EQ(refusal("t_s,gpu,power_w,tensor_actve\n").code, errc::telemetry_header);
  EXPECT_EQ(refusal("t_s,gpu,power_w,tensor_actve\n").offset, 16U);
  EXPECT_EQ(refusal("t_s,gpu,power_w,gpu\n").code, errc::telemetry_header);
  EXPECT_EQ(refusal("t_s,gpu,power_w,\n").code, errc::telemetry_header);
  EXPECT_EQ(refusal("t_s;gpu;power_w\n").code, errc::telemetry_header);
}

TEST(Telemetry, LinesHaveAsManyCellsAsTheHeader) {
  EXPECT_EQ(refusal_of_line("1,0,75,50,0.5,10,steady"), Error{});
  EXPECT_EQ(refusal_of_line("1,0,75,50,0.5,10").code, errc::telemetry_columns);
  EXPECT_EQ(refusal_of_line("1,0,75,50,0.5,10,steady,").code, errc::telemetry_columns);
  EXPECT_EQ(refusal_of_line("").code, errc::telemetry_columns);
}

TEST(Telemetry, CellsAreNumbersInRange) {
  for (const char* line :
       {"x,0,75,50,0.5,10,a", "-1,0,75,50,0.5,10,a", ",0,75,50,0.5,10,a", "1,,75,50,0.5,10,a",
        "1,0.5,75,50,0.5,10,a", "1,1024,75,50,0.5,10,a", "1,0,-3,50,0.5,10,a",
        "1,0,inf,50,0.5,10,a", "1,0,nan,50,0.5,10,a", "1,0,1e3,50,0.5,10,a", "1,0,75,101,0.5,10,a",
        "1,0,75,50,1.01,10,a", "1,0,75,50,0.5,-1,a", "1,0, 75,50,0.5,10,a", "1,0,75,50,0.5,10,a b",
        "1,0,0x7,50,0.5,10,a", "40000000,0,75,50,0.5,10,a"}) {
    const Error error = refusal_of_line(line);
    EXPECT_EQ(error.code, errc::telemetry_value) << line;
    EXPECT_EQ(error.offset, 58U);
  }
}

TEST(Telemetry, LongLinesAndNulsAreRefused) {
  EXPECT_EQ(refusal_of_line(std::string(2000, '1')).code, errc::telemetry_line);
  EXPECT_EQ(refusal_of_line(std::string("1,0,7\0", 6) + "5,50,0.5,10,a").code,
            errc::telemetry_value);
}

RC_GTEST_PROP(Telemetry, AnySampleIsReadBack, ()) {
  const auto millis = *rc::gen::inRange<std::int64_t>(0, telemetry_span_max.value);
  const auto gpu = *rc::gen::inRange<unsigned>(0, telemetry_gpu_max + 1);
  const auto watts = *rc::gen::inRange<int>(0, 1000);
  std::ostringstream text;
  text << "t_s,gpu,power_w\n"
       << millis / 1000 << '.' << millis / 100 % 10 << millis / 10 % 10 << millis % 10 << ',' << gpu
       << ',' << watts << '\n';
  std::istringstream input(text.str());
  auto reader = TelemetryReader::open(input);
  const auto sample = reader->next();
  RC_ASSERT(sample.has_value());
  RC_ASSERT(sample->has_value());
  RC_ASSERT((*sample)->at.value == millis);
  RC_ASSERT((*sample)->gpu == gpu);
  RC_ASSERT((*sample)->watts == static_cast<double>(watts));
}

}  // namespace
}  // namespace daymark::usage
