// Landmarks whose declared place the delays contradict, and how sure one can be which end is wrong.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/locate/matrix.h"
#include "daymark/locate/verdict.h"

namespace daymark::locate {

/// A pair of nodes that is farther apart than its delay allows: at least one of the two places, or
/// the delay itself, is wrong.
struct Contradiction {
  std::size_t source = 0;
  std::size_t target = 0;
  double rtt_ms = 0;
  double apart_km = 0;
  double reach_km = 0;  // how far signals can have been
};

/// What the contradictions say about one node. An explanation is a set of nodes that are assumed to
/// be wrong, one of every contradicting pair at least; only the smallest ones are looked at.
enum class Doubt {
  certain,   // every smallest explanation blames it
  possible,  // some smallest explanation blames it, another one blames the other end
};

struct Suspect {
  std::size_t node = 0;
  Doubt doubt = Doubt::possible;
  std::vector<Contradiction> evidence;  // worst first
  std::optional<RegionReport> allowed;  // by the landmarks that nothing speaks against
  double off_km = 0;                    // from the declared place to the nearest allowed delay
};

struct SuspectReport {
  std::vector<Suspect> suspects;  // certain ones first, then by evidence
  std::size_t contradictions = 0;
  std::size_t contradicted = 0;  // nodes with a contradiction, suspects or not
  std::size_t least_wrong = 0;   // size of a smallest explanation
  bool exact = true;             // false: too tangled, and `certain` then only by counting
};

/// All contradictions at `speed`, within what rounding leaves certain.
[[nodiscard]] std::vector<Contradiction> contradictions_of(const DelayMatrix& matrix, Speed speed);

[[nodiscard]] SuspectReport find_suspects(const DelayMatrix& matrix, Speed speed);

/// One JSON array and text for people.
[[nodiscard]] std::string to_json(const SuspectReport& report, const DelayMatrix& matrix);
[[nodiscard]] std::string to_text(const SuspectReport& report, const DelayMatrix& matrix);

}  // namespace daymark::locate
