#include "daymark/tlog/witness.h"

#include <algorithm>

#include <fmt/format.h>

#include "daymark/base/encode.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/text_internal.h"

namespace daymark::tlog {

namespace {

WitnessAnswer refused(int status, Failure why) {
  WitnessAnswer out;
  out.status = status;
  out.why = std::move(why);
  return out;
}

WitnessAnswer conflict(TreeSize recorded) {
  WitnessAnswer out = refused(409, Error{errc::witness_conflict, field::old_size, 0});
  out.content_type = "text/x.tlog.size";
  out.body = fmt::format("{}\n", recorded.value);
  return out;
}

/// That `newer` continues `older`, of which 0 leaves say nothing.
Result<void> verify_continued(const TreeHead& older, const TreeHead& newer,
                              std::span<const Digest> path) {
  if (older.size.value != 0) return verify_consistency(older, newer, path);
  if (!path.empty()) return fail(errc::tlog_path_length, field::path);
  const bool empty = newer.size.value == 0;
  return empty && newer.root != empty_root() ? fail(errc::tlog_root, field::root) : ok();
}

/// One line of an answer as a note of its own with the checkpoint's body.
Result<bool> is_cosigned_by(std::string_view body, std::string_view line, const VerifierKey& key) {
  const std::string note = make_note(body, line);
  const Result<Checkpoint> parsed = parse_checkpoint(note);
  const bool one = parsed && parsed->note.signature_count == 1 && parsed->note.body == body;
  if (!one) return fail(errc::witness_reply, field::note_line);
  const NoteSignature& signature = parsed->note.signatures.front();
  if (signature.name != key.name || signature.hash != key.hash) return false;
  DAYMARK_CHECK(verify_cosignature(*parsed, key));
  return true;
}

}  // namespace

Result<AddCheckpoint> parse_add_checkpoint(std::string_view request) {
  std::string_view rest = request;
  auto first = cut_line(rest);
  if (!first || !cut_prefix(*first, "old ")) return fail(errc::witness_request, field::old_size);
  const auto old_size = parse_decimal(*first);
  if (!old_size) return fail(errc::witness_request, field::old_size);
  AddCheckpoint out;
  out.old_size = {*old_size};
  while (true) {
    const auto line = cut_line(rest);
    if (!line) return fail(errc::witness_request, field::path);
    if (line->empty()) break;
    const auto digest = parse_digest(*line);
    if (!digest || out.path.size() == path_max) return fail(errc::witness_request, field::path);
    out.path.push_back(*digest);
  }
  if (rest.empty()) return fail(errc::witness_request, field::log_checkpoint);
  out.checkpoint = rest;
  return out;
}

std::string make_add_checkpoint(TreeSize old_size, std::span<const Digest> path,
                                std::string_view checkpoint) {
  std::string out = fmt::format("old {}\n", old_size.value);
  for (const Digest& node : path)
    out += to_base64(node) + '\n';
  return fmt::format("{}\n{}", out, checkpoint);
}

Result<void> Witness::add_log(std::string vkey) {
  DAYMARK_TRY(const VerifierKey key, parse_vkey(vkey));
  if (key.type != type_ed25519) return fail(errc::note_vkey, field::key_name);
  logs_.push_back(std::move(vkey));
  return ok();
}

WitnessAnswer Witness::add_checkpoint(std::string_view request, Lacking lacking) {
  const Result<AddCheckpoint> parsed = parse_add_checkpoint(request);
  if (!parsed) return refused(400, parsed.error());
  const Result<Checkpoint> checkpoint = parse_checkpoint(parsed->checkpoint);
  if (!checkpoint) return refused(400, checkpoint.error());
  const Result<void> verified = verify_signed(*checkpoint);
  if (!verified) {
    const bool unknown = verified.error().code == errc::witness_origin;
    return refused(unknown ? 404 : 403, verified.error());
  }
  // Comparing with the record and replacing it must be one step (C2SP tlog-witness).
  const std::lock_guard lock(mutex_);
  return judge(*parsed, *checkpoint, lacking);
}

Result<void> Witness::verify_signed(const Checkpoint& checkpoint) const {
  Error error{errc::witness_origin, field::origin, 0};
  bool found = false;
  for (const std::string& vkey : logs_) {
    DAYMARK_TRY(const VerifierKey key, parse_vkey(vkey));
    if (key.name != checkpoint.origin) continue;
    const Result<void> verified = verify_log_signature(checkpoint, key);
    if (verified) {
      found = true;
      continue;
    }
    error = verified.error();
    if (error.code != errc::checkpoint_unsigned) return fail(error);
  }
  return found ? ok() : fail(error);
}

WitnessAnswer Witness::judge(const AddCheckpoint& request, const Checkpoint& checkpoint,
                             Lacking lacking) {
  const TreeHead& newer = checkpoint.head;
  if (request.old_size > newer.size) {
    return refused(400, Error{errc::witness_old_size, field::old_size, 0});
  }
  const auto latest = store_.latest(std::string(checkpoint.origin));
  if (!latest) return refused(500, latest.error());
  const TreeHead older = *latest ? (*latest)->head : TreeHead{{0}, empty_root()};
  if (request.old_size != older.size) return conflict(older.size);
  const Result<void> continued = verify_continued(older, newer, request.path);
  if (!continued) {
    const bool root = continued.error().code == errc::tlog_root;
    return refused(422,
                   root ? Error{errc::witness_inconsistent, field::root, 0} : continued.error());
  }
  const bool stored = is_stored(checkpoint);
  const bool as_witness = mirror_.signer && lacking == Lacking::cosign_as_witness;
  if (!stored && !as_witness) {
    return refused(503, Error{errc::mirror_not_stored, field::log_entry, 0});
  }
  return cosign(checkpoint, *latest, stored);
}

bool Witness::is_stored(const Checkpoint& checkpoint) const {
  return mirror_.archive == nullptr ||
         mirror_.archive->stored_through(checkpoint.origin, checkpoint.head);
}

WitnessAnswer Witness::cosign(const Checkpoint& checkpoint,
                              const std::optional<CosignedHead>& latest, bool stored) {
  const std::string origin(checkpoint.origin);
  // A cosignature without a time says nothing (C2SP tlog-cosignature).
  const UnixMillis now{clock_.now().value / 1000 * 1000};
  if (now < UnixMillis{1000})
    return refused(500, Error{errc::cosignature_time, field::log_checkpoint, 0});
  // A clock that went back would make an entry look older than it is: the oldest time counts.
  if (now < newest_ || (latest && now < latest->time))
    return refused(500, Error{errc::witness_clock, field::log_checkpoint, 0});
  if (!latest || latest->head != checkpoint.head) {
    const Outcome<void> kept = store_.record(origin, {checkpoint.head, now});
    if (!kept) return refused(500, kept.error());
  }
  newest_ = now;
  WitnessAnswer out;
  out.body = cosign_body(signer_, checkpoint.note.body, now);
  if (mirror_.signer && stored) {
    out.body += cosign_body(*mirror_.signer, checkpoint.note.body, now);
  }
  return out;
}

Result<std::string> accept_cosignatures(std::string_view checkpoint, std::string_view body,
                                        const VerifierKey& key) {
  DAYMARK_TRY(const Checkpoint parsed, parse_checkpoint(checkpoint));
  std::string out(checkpoint);
  bool found = false;
  std::string_view rest = body;
  while (!rest.empty()) {
    const auto line = cut_line(rest);
    if (!line) return fail(errc::witness_reply, field::note_line);
    const std::string whole = std::string(*line) + '\n';
    DAYMARK_TRY(const bool by_key, is_cosigned_by(parsed.note.body, whole, key));
    if (by_key) out += whole;
    found = found || by_key;
  }
  if (!found) return fail(errc::checkpoint_uncosigned, field::log_checkpoint);
  return out;
}

Result<TreeSize> parse_witness_size(std::string_view body) {
  const auto line = cut_line(body);
  const auto size = line && body.empty() ? parse_decimal(*line) : std::nullopt;
  if (!size) return fail(errc::witness_reply, field::tree_size);
  return TreeSize{*size};
}

}  // namespace daymark::tlog
