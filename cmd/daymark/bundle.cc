// daymark bundle make, daymark verify bundle|tpm: proof that a stranger can check offline.
#include "arguments.h"
#include "authority_access.h"
#include "chip_attest.h"
#include "commands.h"
#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/bundle/builder.h"
#include "daymark/bundle/verify.h"
#include "daymark/cbor/reader.h"
#include "daymark/evidence/evidence_file.h"
#include "daymark/order/leaf_file.h"

namespace daymark::cli {

namespace {

struct MakeOptions {
  AuthorityAccess authority;
  std::string chip;
  std::string charter;
  std::string report;
  std::string chain;
  std::string out;
};

/// Collects parts from an authority; nothing it says is trusted, the verifier checks all.
class Maker {
 public:
  Maker(const MakeOptions& options, authority::AuthorityClient client, bundle::Builder builder)
      : options_(options), client_(std::move(client)), builder_(std::move(builder)) {}

  static Outcome<std::vector<Byte>> make(const MakeOptions& options) {
    DAYMARK_TRY(authority::AuthorityClient client, client_of(options.authority));
    DAYMARK_TRY(std::vector<Byte> charter,
                options.charter.empty() ? client.charter() : read_file(options.charter, 4096));
    DAYMARK_TRY(bundle::Builder builder, bundle::Builder::begin(std::move(charter)));
    Maker maker(options, std::move(client), std::move(builder));
    DAYMARK_CHECK(maker.collect());
    DAYMARK_TRY(const auto parts, std::move(maker.builder_).finish());
    return bundle::print_bundle(parts);
  }

 private:
  Outcome<void> collect() {
    DAYMARK_TRY(const ChipId chip, chip_argument(options_.chip));
    // First: what comes after it is not in the bundle.
    DAYMARK_TRY(const std::string attestation, client_.get(chip_route() + "/attestation"));
    builder_.add_attestation(copy(attestation));
    DAYMARK_TRY(const auto orders, client_.feed(chip, 0, 0));
    for (const governor::OrderParts& order : orders)
      DAYMARK_CHECK(builder_.add_order(order));
    DAYMARK_CHECK(add_leaf(chip, bytes_of(attestation)));
    DAYMARK_TRY(auto receipts, list("/receipts"));
    for (std::vector<Byte>& receipt : receipts)
      builder_.add_receipt(std::move(receipt));
    DAYMARK_TRY(auto rangings, list("/ranging"));
    for (std::vector<Byte>& receipt : rangings)
      builder_.add_ranging(std::move(receipt));
    return add_device();
  }

  [[nodiscard]] std::string chip_route() const { return "/chips/" + options_.chip; }

  static std::vector<Byte> copy(std::string_view text) {
    const ByteView bytes = bytes_of(text);
    return {bytes.begin(), bytes.end()};
  }

  Outcome<void> add_leaf(const ChipId& chip, ByteView attestation) {
    DAYMARK_TRY(const std::uint64_t licence, bundle::attested_licence(attestation));
    if (licence == 0) return {};
    DAYMARK_TRY(const governor::LeafParts leaf, client_.leaf(chip, licence));
    DAYMARK_TRY(const order::SignedOrder batch,
                about(order::parse_signed_order(leaf.batch.envelope), "batch"));
    return builder_.add_leaf(leaf.batch, {leaf.leaf, leaf.index, {batch.order.count}, leaf.path});
  }

  Outcome<std::vector<std::vector<Byte>>> list(const char* route) {
    DAYMARK_TRY(const std::string body, client_.get(chip_route() + route));
    cbor::Reader reader(bytes_of(body));
    DAYMARK_TRY(const std::size_t count, about(reader.enter_array(1024), route));
    std::vector<std::vector<Byte>> out;
    for (std::size_t i = 0; i < count; ++i) {
      DAYMARK_TRY(const ByteView item, about(reader.read_bytes(1, 4096), route));
      out.emplace_back(item.begin(), item.end());
    }
    return out;
  }

  Outcome<void> add_device() {
    if (options_.report.empty()) return {};
    DAYMARK_TRY(const std::vector<Byte> report,
                read_file(options_.report, evidence::evidence_file_max));
    DAYMARK_TRY(const std::vector<Byte> chain,
                read_file(options_.chain, evidence::evidence_file_max));
    return builder_.add_device(report, std::string(text_of(chain)));
  }

  const MakeOptions& options_;
  authority::AuthorityClient client_;
  bundle::Builder builder_;
};

Outcome<Exit> make(const MakeOptions& options, const Session& session) {
  DAYMARK_TRY(const std::vector<Byte> bytes, Maker::make(options));
  DAYMARK_CHECK(write_file(options.out, bytes));
  const bundle::BundleVerdict verdict = bundle::verify_bundle(bytes, {});
  session.print({{"bundle", options.out},
                 {"bytes", bytes.size()},
                 {"verdict", bundle::name_of(verdict.result)},
                 {"fingerprint", to_hex(verdict.charter)}},
                fmt::format("{}: {} bytes\n{}", options.out, bytes.size(),
                            bundle::to_text(verdict, session.language())));
  return exit_of(verdict.result != bundle::BundleResult::refused);
}

Outcome<Exit> verify(const std::string& file, const std::string& trust, const Session& session) {
  DAYMARK_TRY(const std::vector<Byte> bytes, read_file(file, bundle::bundle_size_max));
  std::optional<Digest> fingerprint;
  if (!trust.empty()) {
    DAYMARK_TRY(fingerprint, hex_argument<32>("--trust", trust));
  }
  const bundle::BundleVerdict verdict = bundle::verify_bundle(bytes, fingerprint);
  session.print_text(bundle::to_json(verdict, session.language()),
                     bundle::to_text(verdict, session.language()));
  switch (verdict.result) {
    case bundle::BundleResult::verified: return Exit::success;
    case bundle::BundleResult::consistent: return Exit::not_done;
    case bundle::BundleResult::refused: break;
  }
  return Exit::negative;
}

}  // namespace

void add_bundle(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("bundle", "Proof for strangers");
  family->require_subcommand(1);
  auto options = std::make_shared<MakeOptions>();
  CLI::App* command = family->add_subcommand("make", "Collect what proves one chip's history");
  add_authority_options(*command, options->authority)->required();
  command->add_option("--chip", options->chip, "Chip id (32 hex digits)")->required();
  command->add_option("--charter", options->charter, "The first charter, if it was amended");
  CLI::Option* report = command->add_option("--report", options->report, "Device evidence");
  CLI::Option* chain = command->add_option("--chain", options->chain, "Its chain (PEM)");
  report->needs(chain);
  command->add_option("--out", options->out, "Bundle to write")->required();
  command->footer("Example: daymark bundle make --authority URL --chip 5c1f… --out c.bundle");
  session.on_run(*command, [options, &session] { return make(*options, session); });

  CLI::App* verification = app.add_subcommand("verify", "Check what others hand you, offline");
  verification->require_subcommand(1);
  auto file = std::make_shared<std::string>();
  auto trust = std::make_shared<std::string>();
  CLI::App* check = verification->add_subcommand("bundle", "Check a bundle");
  check->add_option("file", *file, "Bundle")->required();
  check->add_option("--trust", *trust, "Fingerprint of the charter that you trust");
  check->footer("Example: daymark verify bundle chip.bundle --trust 3ba5…");
  session.on_run(*check, [file, trust, &session] { return verify(*file, *trust, session); });
  add_verify_tpm(*verification, session);
}

}  // namespace daymark::cli
