#include <algorithm>

#include "daymark/geo/cell_sorter_internal.h"

namespace daymark::geo {

CellSorter::CellSorter(const Region& region)
    : region_(region),
      out_stamp_(region.operators_),
      open_stamp_(region.operators_),
      astray_stamp_(region.operators_),
      decisive_(region.members_.size()) {
  for (std::uint32_t i = 0; i < region.members_.size(); ++i)
    lists_.push_back(i);
}

std::vector<Candidate> CellSorter::faces() {
  Candidate earth;
  earth.end_open = region_.members_.size();
  std::vector<Candidate> out;
  for (const Cell& face : face_cells())
    if (const auto one = sort(earth, face)) out.push_back(*one);
  return out;
}

std::vector<Candidate> CellSorter::parts(const Candidate& parent) {
  std::vector<Candidate> out;
  for (const Cell& part : parts_of(parent.cell))
    if (const auto one = sort(parent, part)) out.push_back(*one);
  return out;
}

std::vector<std::size_t> CellSorter::decisive() const {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < decisive_.size(); ++i)
    if (decisive_[i]) out.push_back(region_.members_[i].position);
  std::ranges::sort(out);
  return out;
}

std::optional<Candidate> CellSorter::sort(const Candidate& parent, const Cell& cell) {
  ++count_;
  ++stamp_;
  open_.clear();
  Candidate out;
  out.cell = cell;
  out.zone = parent.zone;
  out.first_out = lists_.size();
  const auto strike = [this](std::uint32_t member) {
    lists_.push_back(member);
    out_stamp_[region_.members_[member].operator_index] = stamp_;
  };
  for (std::size_t i = parent.first_out; i < parent.first_open; ++i)
    strike(lists_[i]);
  for (std::size_t i = parent.first_open; i < parent.end_open; ++i) {
    const std::uint32_t member = lists_[i];
    const Region::Member& disc = region_.members_[member];
    if (out_stamp_[disc.operator_index] == stamp_) continue;
    const Placement placement = disc.circle.place(cell);
    if (placement.cell == Relation::mixed)
      open_.push_back({member, placement.centre == Relation::inside});
    if (placement.cell != Relation::outside) continue;
    strike(member);
    if (lists_.size() - out.first_out <= region_.faults_) continue;
    // More than f operators surely don't hold any place of the cell.
    for (std::size_t j = out.first_out; j < lists_.size(); ++j)
      decisive_[lists_[j]] = true;
    lists_.resize(out.first_out);
    return std::nullopt;
  }
  settle(out);
  return out;
}

void CellSorter::settle(Candidate& candidate) {
  candidate.first_open = lists_.size();
  std::size_t open = candidate.first_open - candidate.first_out;
  std::size_t astray = open;
  for (const Open& disc : open_) {
    const std::uint32_t owner = region_.members_[disc.member].operator_index;
    if (out_stamp_[owner] == stamp_) continue;
    lists_.push_back(disc.member);
    if (open_stamp_[owner] != stamp_) ++open;
    open_stamp_[owner] = stamp_;
    if (!disc.holds_centre && astray_stamp_[owner] != stamp_) ++astray;
    if (!disc.holds_centre) astray_stamp_[owner] = stamp_;
  }
  candidate.end_open = lists_.size();
  candidate.whole = open <= region_.faults_;
  candidate.centre_in = astray <= region_.faults_;
}

}  // namespace daymark::geo
