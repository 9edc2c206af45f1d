// Progress of long work: a bar at a terminal, nothing elsewhere. Host only.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace daymark {

/// Draws "label [#####     ] 42 %" on stderr, only if that is a terminal. Not thread-safe.
class Progress {
 public:
  Progress(std::string label, std::uint64_t total);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  Progress(Progress&&) = delete;
  Progress& operator=(Progress&&) = delete;
  /// Clears the line.
  ~Progress();

  /// `done` of `total` units are finished; redraws when the percentage changed.
  void advance_to(std::uint64_t done);

 private:
  std::string label_;
  std::uint64_t total_;
  int shown_percent_ = -1;
  bool terminal_;
};

}  // namespace daymark
