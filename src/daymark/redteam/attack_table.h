// What came of attacks on location: one row for each attack and distance (docs/redteam.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daymark/locate/options.h"

namespace daymark::redteam {

/// How one attempt ended, seen from a fence that the attacker is not in.
enum class AttackEnd {
  detected,   // refused by name, proven outside, or proven to contradict itself
  undecided,  // nothing proven: the chip gets nothing, and nobody is accused
  missed,     // proven inside, which is false
  truly,      // proven inside, which is true: the attacker stood there
};

/// All attempts of one attack at one distance.
struct AttackRow {
  std::string attack;
  std::string distance;    // of the attacker from the claimed place: "200-500 km"
  std::string path;        // "data" or "sockets"
  std::string answer;      // what was asked of whom, or the name of the refusal
  bool may_pass = false;   // delays can't see it: stated in docs/threat-model.md
  bool is_honest = false;  // no attack: nothing may be detected
  std::size_t detected = 0;
  std::size_t undecided = 0;
  std::size_t missed = 0;
  std::size_t truly = 0;

  void count(AttackEnd end);

  [[nodiscard]] std::size_t trials() const { return detected + undecided + missed + truly; }

  /// Whether it ended as the rules promise: nothing missed that must not be, nobody accused.
  [[nodiscard]] bool as_promised() const;
};

struct AttackReport {
  std::vector<AttackRow> rows;
  std::uint64_t seed = 0;
  std::uint32_t faults = 0;
  locate::Speed speed;
  double within_km = 0;
  std::string data;  // name of the table of delays

  [[nodiscard]] bool as_promised() const;
};

[[nodiscard]] std::string to_json(const AttackReport& report);
[[nodiscard]] std::string to_text(const AttackReport& report);

/// The table as one self-contained picture: a bar for each row.
[[nodiscard]] std::string to_svg(const AttackReport& report);

}  // namespace daymark::redteam
