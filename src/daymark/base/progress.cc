#include "daymark/base/progress.h"

#include <algorithm>

#include <fmt/format.h>
#include <unistd.h>

namespace daymark {

Progress::Progress(std::string label, std::uint64_t total)
    : label_(std::move(label)),
      total_(std::max<std::uint64_t>(total, 1)),
      terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (terminal_ && shown_percent_ >= 0) fmt::print(stderr, "\r\033[K");
}

void Progress::advance_to(std::uint64_t done) {
  const int percent = static_cast<int>(std::min<std::uint64_t>(done, total_) * 100 / total_);
  if (!terminal_ || percent == shown_percent_) return;
  shown_percent_ = percent;
  const auto filled = static_cast<std::size_t>(percent / 4);
  fmt::print(stderr, "\r{} [{:<25}] {:3} %", label_, std::string(filled, '#'), percent);
  std::fflush(stderr);
}

}  // namespace daymark
