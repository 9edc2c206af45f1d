// daymark bundle make, daymark verify bundle: proof that a stranger can check offline.
#include "arguments.h"
#include "commands.h"
#include <fmt/format.h>

#include "daymark/authority/client.h"
#include "daymark/base/file.h"
#include "daymark/bundle/verify.h"
#include "daymark/cbor/reader.h"
#include "daymark/evidence/evidence_file.h"
#include "daymark/order/leaf.h"
#include "daymark/order/leaf_file.h"

namespace daymark::cli {

namespace {

using bundle::Part;
using bundle::PartKind;

struct MakeOptions {
  std::string authority;
  std::string chip;
  std::string charter;
  std::string report;
  std::string chain;
  std::string as_of;
  std::string out;
};

std::vector<Byte> copy(std::string_view text) {
  const ByteView bytes = bytes_of(text);
  return {bytes.begin(), bytes.end()};
}

/// Collects parts from an authority; nothing it says is trusted, the verifier checks all.
class Maker {
 public:
  explicit Maker(const MakeOptions& options) : options_(options), client_(options.authority) {}

  Outcome<std::vector<Byte>> make() {
    DAYMARK_TRY(const ChipId chip, chip_argument(options_.chip));
    DAYMARK_TRY(const std::vector<Byte> charter,
                options_.charter.empty() ? client_.charter() : read_file(options_.charter, 4096));
    add(PartKind::charter, "charter", charter);
    DAYMARK_CHECK(add_orders(chip));
    DAYMARK_CHECK(add_leaf(chip));
    DAYMARK_CHECK(add_list(PartKind::receipt, "receipt", "/receipts"));
    DAYMARK_TRY(const std::string attestation, client_.get(chip_route() + "/attestation"));
    add(PartKind::attestation, "attestation", copy(attestation));
    DAYMARK_CHECK(add_list(PartKind::ranging, "ranging", "/ranging"));
    DAYMARK_CHECK(add_device());
    return bundle::print_bundle(parts_);
  }

 private:
  void add(PartKind kind, std::string name, std::vector<Byte> content) {
    parts_.push_back({kind, std::move(name), std::move(content)});
  }

  [[nodiscard]] std::string chip_route() const { return "/chips/" + options_.chip; }

  Outcome<void> add_orders(const ChipId& chip) {
    DAYMARK_TRY(const auto orders, client_.feed(chip, 0, 0));
    for (std::size_t i = 0; i < orders.size(); ++i) {
      DAYMARK_TRY(const order::SignedOrder read,
                  about(order::parse_signed_order(orders[i].envelope), "order"));
      add(PartKind::order, fmt::format("order {}: {}", i + 1, order::name_of(read.order.kind)),
          bundle::print_order_part(orders[i]));
    }
    return {};
  }

  Outcome<void> add_leaf(const ChipId& chip) {
    DAYMARK_TRY(const auto leaf, client_.leaf(chip));
    if (!leaf) return {};
    DAYMARK_TRY(const order::SignedOrder batch,
                about(order::parse_signed_order(leaf->batch.envelope), "batch"));
    add(PartKind::batch, "batch", bundle::print_order_part(leaf->batch));
    add(PartKind::leaf, "leaf",
        order::print_leaf_file({leaf->leaf, leaf->index, {batch.order.count}, leaf->path}));
    return {};
  }

  Outcome<void> add_list(PartKind kind, const char* name, const char* route) {
    DAYMARK_TRY(const std::string body, client_.get(chip_route() + route));
    cbor::Reader reader(bytes_of(body));
    DAYMARK_TRY(const std::size_t count, about(reader.enter_array(1024), route));
    for (std::size_t i = 0; i < count; ++i) {
      DAYMARK_TRY(const ByteView item, about(reader.read_bytes(1, 4096), route));
      add(kind, fmt::format("{} {}", name, i + 1), {item.begin(), item.end()});
    }
    return {};
  }

  Outcome<void> add_device() {
    if (options_.report.empty()) return {};
    DAYMARK_TRY(std::vector<Byte> report, read_file(options_.report, evidence::evidence_file_max));
    DAYMARK_TRY(std::vector<Byte> chain, read_file(options_.chain, evidence::evidence_file_max));
    DAYMARK_CHECK(time_argument("--evidence-as-of", options_.as_of));
    add(PartKind::device_report, "device report", std::move(report));
    add(PartKind::device_chain, "device chain", std::move(chain));
    add(PartKind::device_time, "device time", copy(options_.as_of));
    return {};
  }

  const MakeOptions& options_;
  authority::AuthorityClient client_;
  std::vector<Part> parts_;
};

Outcome<Exit> make(const MakeOptions& options, const Session& session) {
  DAYMARK_TRY(const std::vector<Byte> bytes, Maker(options).make());
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
  command->add_option("--authority", options->authority, "URL")->required();
  command->add_option("--chip", options->chip, "Chip id (32 hex digits)")->required();
  command->add_option("--charter", options->charter, "The first charter, if it was amended");
  CLI::Option* report = command->add_option("--report", options->report, "Device evidence");
  CLI::Option* chain = command->add_option("--chain", options->chain, "Its chain (PEM)");
  CLI::Option* as_of =
      command->add_option("--evidence-as-of", options->as_of, "When it is judged (RFC 3339)");
  report->needs(chain)->needs(as_of);
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
}

}  // namespace daymark::cli
