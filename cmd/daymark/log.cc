// daymark log proof|verify|monitor|bench: offline proofs that an entry is public, and who watches a
// log.
#include "arguments.h"
#include "authority_access.h"
#include "commands.h"
#include "log_bench.h"
#include "log_monitor.h"
#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/order/charter.h"
#include "daymark/tlog/proof.h"

namespace daymark::cli {

namespace {

struct ProofOptions {
  std::string order;
  AuthorityAccess authority;
  std::string out;
};

Outcome<Exit> proof(const ProofOptions& options, const Session& session) {
  DAYMARK_TRY(const authority::AuthorityClient client, client_of(options.authority));
  DAYMARK_TRY(const governor::OrderParts message, client.message(options.order));
  DAYMARK_CHECK(write_text(options.out + ".tlog-proof", message.proof));
  DAYMARK_CHECK(write_file(options.out + ".entry", message.envelope));
  session.print({{"proof", options.out + ".tlog-proof"}, {"entry", options.out + ".entry"}},
                fmt::format("{0}.tlog-proof and {0}.entry written", options.out));
  return Exit::success;
}

struct VerifyOptions {
  std::string proof;
  std::string entry;
  std::string charter;
  bool mirrors = false;
};

Outcome<Exit> verify_proof(const VerifyOptions& options, const Session& session) {
  DAYMARK_TRY(const std::string text, read_text(options.proof, tlog::proof_size_max));
  DAYMARK_TRY(const std::vector<Byte> entry, read_file(options.entry, 65'536));
  DAYMARK_TRY(const std::vector<Byte> encoded, read_file(options.charter, order::charter_size_max));
  DAYMARK_TRY(const order::Charter charter, about(order::parse_charter(encoded), options.charter));
  DAYMARK_TRY(const tlog::Policy witnesses,
              about(tlog::Policy::parse(charter.log_policy), options.charter));
  DAYMARK_TRY(const tlog::Policy mirrors,
              about(tlog::Policy::parse(charter.mirror_policy), options.charter));
  const tlog::LogTrust trust{&witnesses, options.mirrors ? &mirrors : nullptr};
  const Result<tlog::Proof> parsed = tlog::parse_proof(text);
  const Result<tlog::LoggedEntry> logged =
      parsed ? tlog::verify_logged(entry, *parsed, trust) : fail(parsed.error());
  if (!logged) {
    const Errc code = logged.error().code;
    session.print({{"verdict", "refused"}, {"reason", error_json(code, session.language())}},
                  fmt::format("refused: {}", sentence(code, session.language())));
    return Exit::negative;
  }
  session.print({{"verdict", "logged"},
                 {"index", logged->index().value},
                 {"size", logged->head().size.value},
                 {"logged_at", to_rfc3339(logged->logged_at())}},
                fmt::format("entry {} of {} was public at {}", logged->index().value,
                            logged->head().size.value, to_rfc3339(logged->logged_at())));
  return Exit::success;
}

}  // namespace

void add_log(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("log", "The public log");
  family->require_subcommand(1);
  auto wanted = std::make_shared<ProofOptions>();
  CLI::App* command = family->add_subcommand("proof", "Fetch an order's entry and its proof");
  command->add_option("order", wanted->order, "Hash of the order")->required();
  add_authority_options(*command, wanted->authority)->required();
  command->add_option("--out", wanted->out, "Stem of the files to write")->required();
  command->footer("Example: daymark log proof 5c1f… --authority URL --out suspend");
  session.on_run(*command, [wanted, &session] { return proof(*wanted, session); });

  auto given = std::make_shared<VerifyOptions>();
  CLI::App* check = family->add_subcommand("verify", "Check a proof offline, under a charter");
  check->add_option("--proof", given->proof, "*.tlog-proof")->required();
  check->add_option("--entry", given->entry, "The entry's bytes")->required();
  check->add_option("--charter", given->charter, "Whose witnesses count")->required();
  check->add_flag("--mirrors", given->mirrors, "Demand the mirrors as well");
  check->footer("Example: daymark log verify --proof s.tlog-proof --entry s.entry --charter c");
  session.on_run(*check, [given, &session] { return verify_proof(*given, session); });
  add_log_bench(*family, session);
  add_log_monitor(*family, session);
}

}  // namespace daymark::cli
