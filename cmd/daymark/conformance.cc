// daymark conformance: foreign test vectors in the upstream's own form.
#include "daymark/base/conformance.h"

#include <algorithm>
#include <array>

#include "commands.h"
#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/base/progress.h"
#include "daymark/cbor/conformance.h"
#include "daymark/crypto/conformance.h"
#include "daymark/evidence/conformance.h"
#include "daymark/evidence/tokens/token_conformance.h"
#include "daymark/tlog/conformance.h"

namespace daymark::cli {

namespace {

constexpr std::array<std::string_view, 4> nvidia_topics{"nvidia", "switch", "rim", "ocsp"};

struct ConformanceOptions {
  std::string topic;
  std::vector<std::string> paths;
};

Outcome<ConformanceCount> run_path(const std::string& topic, const std::string& path) {
  if (topic == "tlog") return tlog::run_tlog_conformance(path);
  if (evidence::is_token_topic(topic)) return evidence::run_token_conformance(topic, path);
  if (topic == "spdm") return evidence::run_spdm_conformance(path);
  if (topic == "tpm") return evidence::run_tpm_conformance(path);
  if (std::ranges::find(nvidia_topics, topic) != nvidia_topics.end()) {
    return evidence::run_nvidia_conformance(topic, path);
  }
  DAYMARK_TRY(const std::string text, read_text(path));
  if (topic == "merkle") return about(tlog::run_merkle_conformance(text), path);
  if (topic == "cbor") return about(cbor::run_cbor_conformance(text), path);
  return about(crypto::run_ed25519_conformance(text), path);
}

Outcome<Exit> conformance(const ConformanceOptions& options, const Session& session) {
  ConformanceCount all;
  Progress progress("vectors", options.paths.size());
  for (std::size_t i = 0; i < options.paths.size(); ++i) {
    DAYMARK_TRY(const ConformanceCount count, run_path(options.topic, options.paths[i]));
    all.passed += count.passed;
    all.failed += count.failed;
    for (const std::string& failure : count.failures)
      all.failures.push_back(options.paths[i] + ": " + failure);
    progress.advance_to(i + 1);
  }
  for (const std::string& failure : all.failures)
    session.log(failure);
  session.print({{"topic", options.topic}, {"passed", all.passed}, {"failed", all.failed}},
                fmt::format("{} passed, {} failed", all.passed, all.failed));
  return exit_of(all.failed == 0);
}

}  // namespace

void add_conformance(CLI::App& app, Session& session) {
  auto options = std::make_shared<ConformanceOptions>();
  CLI::App* command =
      app.add_subcommand("conformance", "Run foreign test vectors; exit 1 if one fails");
  command
      ->add_option(
          "topic", options->topic,
          "merkle, tlog, cbor, ed25519, ecdsa, cose, eat, corim, ear, oms, nvidia, switch, rim, "
          "ocsp, spdm or tpm")
      ->required()
      ->check(CLI::IsMember({"merkle", "tlog", "cbor", "ed25519", "ecdsa", "cose", "eat", "corim",
                             "ear", "oms", "nvidia", "switch", "rim", "ocsp", "spdm", "tpm"}));
  command
      ->add_option("path", options->paths,
                   "Vector files in the upstream's own form; for tlog, nvidia, switch, rim, ocsp, "
                   "spdm and tpm folders of them")
      ->required();
  command->footer("Example: daymark conformance ed25519 ed25519_test.json");
  session.on_run(*command, [options, &session] { return conformance(*options, session); });
}

}  // namespace daymark::cli
