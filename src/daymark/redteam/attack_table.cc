#include "daymark/redteam/attack_table.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/report/svg.h"

namespace daymark::redteam {

namespace {

constexpr double attack_picture_width = 960;
constexpr double attack_line = 19;
constexpr double attack_head = 84;
constexpr double bar_left = 480;
constexpr double bar_width = 300;

struct EndStyle {
  std::string_view word;
  std::string_view colour;
};

constexpr std::array<EndStyle, 4> end_styles{{{"detected", "#2a9d8f"},
                                              {"undecided", "#b8c2cc"},
                                              {"missed", "#c8553d"},
                                              {"true proof", "#33618f"}}};

std::array<std::size_t, 4> ends_of(const AttackRow& row) {
  return {row.detected, row.undecided, row.missed, row.truly};
}

double share_of(std::size_t part, const AttackRow& row) {
  return row.trials() == 0 ? 0 : static_cast<double>(part) / static_cast<double>(row.trials());
}

std::string remark_of(const AttackRow& row) {
  if (!row.as_promised()) return "NOT AS PROMISED";
  return row.may_pass ? "delays can't see it" : "";
}

void draw_row(const AttackRow& row, double y, report::SvgWriter& svg) {
  const std::string_view ink = row.as_promised() ? "#22303c" : "#9b2226";
  const std::string style = fmt::format(R"(font-size="12" fill="{}")", ink);
  svg.text({16, y + 13}, row.attack, style);
  svg.text({bar_left - 170, y + 13}, fmt::format("{} ({})", row.distance, row.path), style);
  double x = bar_left;
  const auto ends = ends_of(row);
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const double width = bar_width * share_of(ends[i], row);
    if (width > 0)
      svg.rectangle({x, y + 2}, {width, attack_line - 5},
                    fmt::format(R"(fill="{}")", end_styles[i].colour));
    x += width;
  }
  svg.text({bar_left + bar_width + 10, y + 13},
           fmt::format("{:.0f}% of {}  {}", 100 * share_of(row.missed, row), row.trials(),
                       remark_of(row)),
           style);
}

}  // namespace

void AttackRow::count(AttackEnd end) {
  switch (end) {
    case AttackEnd::detected: ++detected; break;
    case AttackEnd::undecided: ++undecided; break;
    case AttackEnd::missed: ++missed; break;
    case AttackEnd::truly: ++truly; break;
  }
}

bool AttackRow::as_promised() const {
  return is_honest ? detected == 0 && missed == 0 : may_pass || missed == 0;
}

bool AttackReport::as_promised() const {
  return std::ranges::all_of(rows, &AttackRow::as_promised);
}

std::string to_json(const AttackReport& report) {
  nlohmann::ordered_json out{{"as_promised", report.as_promised()},
                             {"seed", report.seed},
                             {"faults", report.faults},
                             {"speed_km_per_ms", report.speed.km_per_ms},
                             {"within_km", report.within_km},
                             {"data", report.data},
                             {"rows", nlohmann::ordered_json::array()}};
  for (const AttackRow& row : report.rows) {
    out["rows"].push_back({{"attack", row.attack},
                           {"distance", row.distance},
                           {"path", row.path},
                           {"answer", row.answer},
                           {"trials", row.trials()},
                           {"detected", row.detected},
                           {"undecided", row.undecided},
                           {"missed", row.missed},
                           {"true_proofs", row.truly},
                           {"may_pass", row.may_pass},
                           {"as_promised", row.as_promised()}});
  }
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string to_text(const AttackReport& report) {
  std::string out = fmt::format(
      "attacks on \"within {:g} km\", operators that may lie: {}, {:.1f} km/ms, seed {}, {}\n",
      report.within_km, report.faults, report.speed.km_per_ms, report.seed, report.data);
  out += fmt::format("{:<42} {:<14} {:<7} {:>6} {:>9} {:>9} {:>7} {:>6}  {}\n", "attack",
                     "distance", "path", "trials", "detected", "undecided", "missed", "true", "");
  for (const AttackRow& row : report.rows) {
    out += fmt::format("{:<42} {:<14} {:<7} {:>6} {:>8.0f}% {:>8.0f}% {:>6.0f}% {:>5.0f}%  {}\n",
                       row.attack, row.distance, row.path, row.trials(),
                       100 * share_of(row.detected, row), 100 * share_of(row.undecided, row),
                       100 * share_of(row.missed, row), 100 * share_of(row.truly, row),
                       remark_of(row));
  }
  out +=
      "data: the quickest landmarks; sockets: three beacons of three operators on loopback, one of "
      "which may lie,\nwithin 1000 km at 299.8 km/ms. True proofs are of attackers who stood in "
      "the zone.\n";
  out += report.as_promised() ? "as promised: nothing was missed but what delays can't see\n"
                              : "NOT AS PROMISED: see the rows above\n";
  return out;
}

std::string to_svg(const AttackReport& report) {
  const double height = attack_head + attack_line * static_cast<double>(report.rows.size()) + 16;
  report::SvgWriter svg(attack_picture_width, height, "attacks on location");
  svg.rectangle({0, 0}, {attack_picture_width, height}, R"(fill="#fff")");
  svg.text({16, 30}, "Attacks on location and what came of them",
           R"(font-size="18" font-weight="600" fill="#22303c")");
  svg.text(
      {16, 50},
      fmt::format("Within {:g} km of the claimed place; operators that may lie: {}; {:.1f} km/ms; "
                  "data: {}",
                  report.within_km, report.faults, report.speed.km_per_ms, report.data),
      R"(font-size="12" fill="#5c6770")");
  double x = bar_left;
  for (const EndStyle& style : end_styles) {
    svg.rectangle({x, 62}, {12, 12}, fmt::format(R"(fill="{}")", style.colour));
    svg.text({x + 17, 72}, style.word, R"(font-size="12" fill="#22303c")");
    x += 95;
  }
  svg.text({bar_left + bar_width + 90, 72}, "missed", R"(font-size="12" fill="#5c6770")");
  double y = attack_head;
  for (const AttackRow& row : report.rows) {
    draw_row(row, y, svg);
    y += attack_line;
  }
  return svg.finish();
}

}  // namespace daymark::redteam
