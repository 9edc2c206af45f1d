// Tells which cells the feasible region may touch; the work-horse of Region.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "daymark/geo/region.h"

namespace daymark::geo {

/// A cell that S may touch, with the discs that are still open for it.
struct Candidate {
  Cell cell;
  Relation zone = Relation::mixed;
  bool whole = false;      // the cell surely lies in S
  bool centre_in = false;  // its centre surely lies in S
  std::size_t first_out = 0;
  std::size_t first_open = 0;
  std::size_t end_open = 0;
};

/// Sorts the parts of candidates by the discs of one region. A disc that surely holds a cell, or
/// whose operator surely doesn't, is settled for all parts of the cell.
class CellSorter {
 public:
  explicit CellSorter(const Region& region);

  /// The six faces.
  [[nodiscard]] std::vector<Candidate> faces();

  /// Those parts of `parent` that S may touch.
  [[nodiscard]] std::vector<Candidate> parts(const Candidate& parent);

  /// Positions of the discs that excluded cells so far, ascending.
  [[nodiscard]] std::vector<std::size_t> decisive() const;

  /// How many cells were sorted.
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  std::optional<Candidate> sort(const Candidate& parent, const Cell& cell);
  void settle(Candidate& candidate);

  struct Open {
    std::uint32_t member;
    bool holds_centre;
  };

  const Region& region_;
  std::vector<std::uint32_t> lists_;  // of all candidates: members out, then members open
  std::vector<Open> open_;            // of the cell at hand
  std::vector<std::uint64_t> out_stamp_;
  std::vector<std::uint64_t> open_stamp_;
  std::vector<std::uint64_t> astray_stamp_;
  std::vector<bool> decisive_;
  std::uint64_t stamp_ = 0;
  std::size_t count_ = 0;
};

}  // namespace daymark::geo
