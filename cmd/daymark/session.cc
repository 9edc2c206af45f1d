#include "session.h"

#include <cstdlib>

#include <fmt/format.h>

#include "daymark/base/errors.h"

namespace daymark::cli {

void Session::add_options(CLI::App& app) {
  app.add_flag("--json", json_, "Print exactly one JSON document on stdout, on errors too");
  app.add_option("--lang", language_,
                 "Language of reasons and reports: en, zh-Hans, zh-Hant (default: LANG)");
  app.add_option("--clock-file", clock_file_,
                 "Simulation only: add the milliseconds in this file to the machine's clock");
}

Language Session::language() const {
  if (!language_.empty()) return language_of(language_);
  const char* locale =
      std::getenv("LANG");  // NOLINT(concurrency-mt-unsafe): read before any thread starts
  return language_of(locale == nullptr ? "" : locale);
}

std::unique_ptr<Clock> Session::clock() const {
  if (clock_file_.empty()) return std::make_unique<SystemClock>();
  log("simulation: the clock is stepped by " + clock_file_);
  return std::make_unique<ControlledClock>(clock_file_);
}

void Session::print(const nlohmann::ordered_json& document, const std::string& text) const {
  using nlohmann::json;
  print_text(document.dump(2, ' ', false, json::error_handler_t::replace), text);
}

void Session::print_text(const std::string& json_text, const std::string& text) const {
  const std::string& shown = json_ ? json_text : text;
  fmt::print("{}{}", shown, shown.ends_with('\n') ? "" : "\n");
  std::fflush(stdout);
}

void Session::log(const std::string& line) const {
  fmt::print(stderr, "daymark: {}\n", line);
}

Exit Session::report(const Failure& failure) const {
  const Exit status = failure.error.code == errc::usage_wrong ? Exit::wrong_use : Exit::not_done;
  if (!json_) {
    log(describe(failure, language()));
    return status;
  }
  nlohmann::ordered_json error = error_json(failure.error.code, language());
  error["text"] = describe(failure, language());
  print({{"error", error}}, {});
  return status;
}

void Session::on_run(CLI::App& command, std::function<Outcome<Exit>()> work) {
  command.callback([this, work = std::move(work)] { run(work); });
}

void Session::run(const std::function<Outcome<Exit>()>& work) {
  const Outcome<Exit> done = work();
  exit_ = done ? *done : report(done.error());
}

nlohmann::ordered_json error_json(Errc code, Language language) {
  return {{"code", static_cast<unsigned>(code)},
          {"name", entry_of(code).name},
          {"text", sentence(code, language)}};
}

}  // namespace daymark::cli
