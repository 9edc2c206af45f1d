// /metrics read by a parser of its own, strict where OpenMetrics 1.0 is.
#include "daymark/authority/metrics.h"

#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

namespace daymark::authority {
namespace {

/// Samples by "name{labels}", or nothing where a rule is broken: every line ends in LF, "# EOF" is
/// the last, each family has one TYPE before its samples and stands in one piece, counters' samples
/// end in _total, no sample comes twice, no number is negative.
class OpenMetrics {
 public:
  static std::optional<std::map<std::string, std::uint64_t>> read(const std::string& text) {
    OpenMetrics reader;
    if (!text.ends_with("\n# EOF\n")) return std::nullopt;
    std::istringstream lines(text.substr(0, text.size() - 6));
    for (std::string line; std::getline(lines, line);) {
      if (!reader.take(line)) return std::nullopt;
    }
    return reader.samples_;
  }

 private:
  bool take(const std::string& line) {
    static const std::regex type(R"(# TYPE ([a-z_]+) (gauge|counter))");
    static const std::regex help(R"(# HELP ([a-z_]+) [^\\"]+\.)");
    static const std::regex sample(R"(([a-z_]+)(\{[a-z]+="[a-z0-9]+"\})? (\d+))");
    std::smatch part;
    if (std::regex_match(line, part, type)) return begin(part[1], part[2]);
    if (std::regex_match(line, part, help)) return part[1] == family_;
    if (!std::regex_match(line, part, sample)) return false;
    if (part[1] != family_ + (type_ == "counter" ? "_total" : "")) return false;
    return samples_.emplace(part[1].str() + part[2].str(), std::stoull(part[3])).second;
  }

  bool begin(const std::string& family, const std::string& type) {
    family_ = family;
    type_ = type;
    return families_.insert(family).second;
  }

  std::string family_;
  std::string type_;
  std::set<std::string> families_;
  std::map<std::string, std::uint64_t> samples_;
};

TEST(Metrics, EveryFigureIsRead) {
  Figures figures{.log_entries = 12,
                  .records = {.chips = 8, .chips_released = 1, .orders_pending = 2, .orders = {}},
                  .witnesses = {2, 3},
                  .mirrors = {1, 2},
                  .answers = {{200, 70}, {401, 3}}};
  figures.records.orders[static_cast<std::size_t>(order::OrderKind::suspend)] = 4;
  const auto read = OpenMetrics::read(metrics_text(figures));
  ASSERT_TRUE(read) << metrics_text(figures);
  EXPECT_EQ(read->at("daymark_log_entries"), 12U);
  EXPECT_EQ(read->at("daymark_chips"), 8U);
  EXPECT_EQ(read->at("daymark_chips_released"), 1U);
  EXPECT_EQ(read->at("daymark_orders_pending"), 2U);
  EXPECT_EQ(read->at("daymark_orders_total{kind=\"suspend\"}"), 4U);
  EXPECT_EQ(read->at("daymark_orders_total{kind=\"enrol\"}"), 0U);
  EXPECT_EQ(read->at("daymark_peers{kind=\"witness\"}"), 3U);
  EXPECT_EQ(read->at("daymark_peers_reachable{kind=\"mirror\"}"), 1U);
  EXPECT_EQ(read->at("daymark_answers_total{status=\"401\"}"), 3U);
  EXPECT_EQ(read->size(), 4 + order::order_kind_count + 4 + 2);
}

TEST(Metrics, NothingIsWellFormedToo) {
  EXPECT_TRUE(OpenMetrics::read(metrics_text({})));
}

TEST(Metrics, TheParserRefusesWhatTheStandardRefuses) {
  const std::string good = "# TYPE daymark_a gauge\ndaymark_a 1\n# EOF\n";
  EXPECT_TRUE(OpenMetrics::read(good));
  for (const char* bad :
       {"# TYPE daymark_a gauge\ndaymark_a 1\n", "# TYPE daymark_a gauge\ndaymark_a 1\n# EOF",
        "daymark_a 1\n# EOF\n", "# TYPE daymark_a counter\ndaymark_a 1\n# EOF\n",
        "# TYPE daymark_a gauge\ndaymark_a 1\ndaymark_a 2\n# EOF\n",
        "# TYPE daymark_a gauge\ndaymark_a -1\n# EOF\n",
        "# TYPE daymark_a gauge\n# TYPE daymark_b gauge\ndaymark_a 1\n# EOF\n",
        "# TYPE daymark_a gauge\n\ndaymark_a 1\n# EOF\n",
        "# TYPE daymark_a gauge\ndaymark_a 1\n# EOF\n# EOF\n"}) {
    EXPECT_FALSE(OpenMetrics::read(bad)) << bad;
  }
}

TEST(AnswerTally, CountsByStatus) {
  AnswerTally tally;
  for (const unsigned status : {200U, 404U, 200U})
    tally.count(status);
  EXPECT_EQ(tally.by_status(), (std::map<unsigned, std::uint64_t>{{200, 2}, {404, 1}}));
}

}  // namespace
}  // namespace daymark::authority
