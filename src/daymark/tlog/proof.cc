#include "daymark/tlog/proof.h"

#include <optional>

#include "daymark/base/errors.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/text_internal.h"

namespace daymark::tlog {

namespace {

constexpr std::string_view proof_header = "c2sp.org/tlog-proof@v1";

Result<void> skip_extra(std::string_view& rest) {
  std::string_view ahead = rest;
  if (!cut_prefix(ahead, "extra ")) return ok();
  if (!cut_line(ahead)) return fail(errc::proof_malformed, field::note_line);
  rest = ahead;
  return ok();
}

Result<LeafIndex> parse_index(std::string_view& rest) {
  auto line = cut_line(rest);
  if (!line || !cut_prefix(*line, "index ")) return fail(errc::proof_malformed, field::leaf_index);
  const auto index = parse_decimal(*line);
  if (!index) return fail(errc::proof_malformed, field::leaf_index);
  return LeafIndex{*index};
}

/// The hashes up to and with the blank line.
Result<void> parse_path(std::string_view& rest, Proof& out) {
  while (true) {
    const auto line = cut_line(rest);
    if (!line) return fail(errc::proof_malformed, field::path);
    if (line->empty()) return ok();
    const auto digest = parse_digest(*line);
    if (!digest || out.path_length == path_max) return fail(errc::proof_malformed, field::path);
    out.path[out.path_length++] = *digest;
  }
}

/// A cosignature that doesn't count is no fault; a forged one is (C2SP signed-note, Signatures).
bool is_absent(Error error) {
  return error.code == errc::checkpoint_uncosigned || error.code == errc::cosignature_time;
}

/// Who cosigned and when.
struct Cosignatures {
  MemberSet signers = 0;
  std::array<UnixMillis, policy_members_max> times{};
};

Result<Cosignatures> collect(const Checkpoint& checkpoint, const Policy& policy) {
  Cosignatures out;
  for (std::size_t i = 0; i < policy.member_count(); ++i) {
    const Result<UnixMillis> time = verify_cosignature(checkpoint, policy.witness_key(i));
    if (!time && !is_absent(time.error())) return fail(time.error());
    if (!time) continue;
    out.signers |= MemberSet{1} << i;
    out.times[i] = *time;
  }
  return out;
}

/// The oldest cosigner that isn't in `taken` yet.
std::optional<std::size_t> oldest(const Cosignatures& all, MemberSet taken) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < all.times.size(); ++i) {
    const bool free = ((all.signers & ~taken) >> i & 1) != 0;
    if (free && (!found || all.times[i] < all.times[*found])) found = i;
  }
  return found;
}

/// PROTOCOL §2.5: cosignatures join oldest first, until the quorum stands.
Result<UnixMillis> quorum_time(const Cosignatures& all, const Policy& policy) {
  MemberSet taken = 0;
  UnixMillis newest{0};
  while (!policy.met_by(taken)) {
    const auto next = oldest(all, taken);
    if (!next) return fail(errc::proof_quorum, field::log_checkpoint);
    taken |= MemberSet{1} << *next;
    newest = all.times[*next];
  }
  return newest;
}

/// That one of the policy's logs signed; several keys of one origin are the log's and its standby.
Result<void> verify_log(const Checkpoint& checkpoint, const Policy& policy) {
  Error error{errc::proof_log_unknown, field::origin, 0};
  bool signed_by_one = false;
  for (const VerifierKey& key : policy.logs()) {
    if (key.name != checkpoint.origin) continue;
    const Result<void> verified = verify_log_signature(checkpoint, key);
    if (verified) {
      signed_by_one = true;
      continue;
    }
    error = verified.error();
    if (error.code != errc::checkpoint_unsigned) return fail(error);
  }
  return signed_by_one ? ok() : fail(error);
}

Result<void> verify_mirrors(const Checkpoint& checkpoint, const Policy& mirrors) {
  DAYMARK_TRY(const Cosignatures all, collect(checkpoint, mirrors));
  return mirrors.met_by(all.signers) ? ok() : fail(errc::proof_mirrors, field::log_checkpoint);
}

Result<void> verify_path(ByteView entry, const Proof& proof, const TreeHead& head) {
  const std::span<const Digest> path = std::span(proof.path).first(proof.path_length);
  return verify_inclusion(hash_leaf(entry), proof.index, head.size, path, head.root);
}

}  // namespace

Result<Proof> parse_proof(std::string_view text) {
  Proof out;
  DAYMARK_CHECK(parse_proof_into(text, out));
  return out;
}

Result<void> parse_proof_into(std::string_view text, Proof& out) {
  if (text.size() > proof_size_max) return fail(errc::proof_size, field::length);
  std::string_view rest = text;
  const auto header = cut_line(rest);
  if (!header || *header != proof_header) return fail(errc::proof_malformed, field::note_line);
  DAYMARK_CHECK(skip_extra(rest));
  DAYMARK_TRY(out.index, parse_index(rest));
  DAYMARK_CHECK(parse_path(rest, out));
  if (rest.empty()) return fail(errc::proof_malformed, field::log_checkpoint);
  out.checkpoint = rest;
  return ok();
}

/// The only maker of LoggedEntries.
class Verifier {
 public:
  static Result<LoggedEntry> witnessed(ByteView entry, const Proof& proof,
                                       const Checkpoint& checkpoint, const Policy& policy) {
    DAYMARK_CHECK(verify_log(checkpoint, policy));
    DAYMARK_CHECK(verify_path(entry, proof, checkpoint.head));
    DAYMARK_TRY(const Cosignatures witnesses, collect(checkpoint, policy));
    DAYMARK_TRY(const UnixMillis time, quorum_time(witnesses, policy));
    LoggedEntry logged;
    logged.index_ = proof.index;
    logged.head_ = checkpoint.head;
    logged.logged_at_ = time;
    return logged;
  }
};

Result<LoggedEntry> verify_logged(ByteView entry, const Proof& proof, const LogTrust& trust) {
  DAYMARK_TRY(const Checkpoint checkpoint, parse_checkpoint(proof.checkpoint));
  DAYMARK_TRY(const LoggedEntry logged,
              Verifier::witnessed(entry, proof, checkpoint, *trust.witnesses));
  if (trust.mirrors != nullptr) DAYMARK_CHECK(verify_mirrors(checkpoint, *trust.mirrors));
  return logged;
}

Result<void> open_proof(std::string_view text, OpenedProof& out) {
  DAYMARK_CHECK(parse_proof_into(text, out.proof));
  return parse_checkpoint_into(out.proof.checkpoint, out.checkpoint);
}

Result<LoggedEntry> verify_witnessed(ByteView entry, const OpenedProof& opened,
                                     const Policy& witnesses) {
  return Verifier::witnessed(entry, opened.proof, opened.checkpoint, witnesses);
}

Result<void> verify_mirrored(const OpenedProof& opened, const Policy& mirrors) {
  return verify_mirrors(opened.checkpoint, mirrors);
}

}  // namespace daymark::tlog
