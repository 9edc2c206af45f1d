// What every command of the program gets: how to print, in which language, by which clock.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daymark/base/error_table.h"
#include "daymark/base/failure.h"
#include "daymark/base/time.h"

namespace daymark::cli {

/// Exit statuses of every command.
enum class Exit : int { success = 0, negative = 1, wrong_use = 2, not_done = 3 };

/// One run of the program. Results go to stdout, everything else to stderr; with --json stdout is
/// exactly one JSON document.
class Session {
 public:
  /// Adds the options that every command understands.
  void add_options(CLI::App& app);

  [[nodiscard]] bool json() const { return json_; }

  [[nodiscard]] Language language() const;

  /// The machine's clock, or the one that --clock-file steps (simulation only; said on stderr).
  [[nodiscard]] std::unique_ptr<Clock> clock() const;

  /// Prints a result: `document` with --json, else `text`.
  void print(const nlohmann::ordered_json& document, const std::string& text) const;
  /// The same with a document that is JSON text already.
  void print_text(const std::string& json_text, const std::string& text) const;
  /// Prints a line of log to stderr.
  void log(const std::string& line) const;
  /// Prints one sentence (or the JSON error document) and returns the exit status for it.
  [[nodiscard]] Exit report(const Failure& failure) const;

  /// Makes `work` the action of `command`: its result becomes the exit status of the program.
  void on_run(CLI::App& command, std::function<Outcome<Exit>()> work);

  /// Runs `work` now; its result becomes the exit status of the program.
  void run(const std::function<Outcome<Exit>()>& work);

  [[nodiscard]] Exit exit() const { return exit_; }

 private:
  bool json_ = false;
  std::string language_;
  std::string clock_file_;
  Exit exit_ = Exit::success;
};

/// {"code", "name", "text"} of an error in the session's language.
[[nodiscard]] nlohmann::ordered_json error_json(Errc code, Language language);

/// The exit status of a verdict: 0 if positive, else 1.
[[nodiscard]] constexpr Exit exit_of(bool positive) {
  return positive ? Exit::success : Exit::negative;
}

}  // namespace daymark::cli
