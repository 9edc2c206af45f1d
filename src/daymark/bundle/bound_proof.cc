#include "daymark/bundle/bound_proof.h"

#include <algorithm>

#include <fmt/format.h>

#include "daymark/bundle/errors.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/note_writer.h"

namespace daymark::bundle {

namespace {

/// The lines of one note by keys that are asked for.
class BoundLines {
 public:
  explicit BoundLines(const tlog::Note& note) : note_(note) {}

  /// The first line by `key`, if there is one and it was not taken for another policy.
  void take(const tlog::VerifierKey& key) {
    const auto lines = note_.list();
    const auto found = std::ranges::find_if(lines, [&](const tlog::NoteSignature& line) {
      return line.name == key.name && line.hash == key.hash;
    });
    if (found == lines.end()) return;
    const std::string line = fmt::format("\u2014 {} {}\n", found->name, found->base64);
    if (text_.find(line) == std::string::npos) text_ += line;
  }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  const tlog::Note& note_;
  std::string text_;
};

void take_members(BoundLines& lines, const tlog::Policy& policy) {
  for (std::size_t i = 0; i < policy.member_count(); ++i)
    lines.take(policy.witness_key(i));
}

/// PROTOCOL §7: a licence needs no mirror, so nobody looked at their lines before.
Result<void> verify_mirror_lines(std::string_view checkpoint, const order::Charter& charter) {
  DAYMARK_TRY(const tlog::Checkpoint parsed, tlog::parse_checkpoint(checkpoint));
  DAYMARK_TRY(const tlog::Policy mirrors, tlog::Policy::parse(charter.mirror_policy));
  for (std::size_t i = 0; i < mirrors.member_count(); ++i) {
    const auto time = tlog::verify_cosignature(parsed, mirrors.witness_key(i));
    if (!time && time.error().code != errc::checkpoint_uncosigned) return fail(time.error());
  }
  return ok();
}

}  // namespace

Result<std::string> bound_proof(std::string_view proof, const order::Charter& charter) {
  if (proof.empty()) return std::string();
  DAYMARK_TRY(const tlog::Proof parsed, tlog::parse_proof(proof));
  DAYMARK_TRY(const tlog::Checkpoint checkpoint, tlog::parse_checkpoint(parsed.checkpoint));
  DAYMARK_TRY(const tlog::Policy witnesses, tlog::Policy::parse(charter.log_policy));
  DAYMARK_TRY(const tlog::Policy mirrors, tlog::Policy::parse(charter.mirror_policy));
  BoundLines lines(checkpoint.note);
  for (const tlog::VerifierKey& log : witnesses.logs())
    lines.take(log);
  take_members(lines, witnesses);
  take_members(lines, mirrors);
  return tlog::make_proof(parsed.index, std::span(parsed.path).first(parsed.path_length),
                          tlog::make_note(checkpoint.note.body, lines.text()));
}

Result<void> check_bound(std::string_view proof, const order::ProvenOrder& proven,
                         const order::Charter& charter) {
  DAYMARK_TRY(const std::string bound, bound_proof(proof, charter));
  if (bound != proof) return fail(errc::bundle_unbound, field::log_checkpoint);
  const bool unseen = proven.order().kind == order::OrderKind::license;
  if (!unseen || proof.empty()) return ok();
  DAYMARK_TRY(const tlog::Proof parsed, tlog::parse_proof(proof));
  return verify_mirror_lines(parsed.checkpoint, charter);
}

}  // namespace daymark::bundle
