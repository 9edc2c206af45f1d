// What a run of foreign test vectors found. Host only.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace daymark {

/// A run over one file of vectors: how many cases gave the stated verdict.
struct ConformanceCount {
  std::size_t passed = 0;
  std::size_t failed = 0;
  /// One line for each failed case: its name, what was expected, what happened.
  std::vector<std::string> failures;

  /// Counts one case.
  void add(bool right, std::string failure) {
    if (right) {
      ++passed;
      return;
    }
    ++failed;
    failures.push_back(std::move(failure));
  }
};

}  // namespace daymark
