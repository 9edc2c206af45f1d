// Permits and usage (PROTOCOL §3.3, §10).
#include <algorithm>

#include "daymark/base/renew.h"
#include "daymark/governor/fields_internal.h"
#include "daymark/governor/governor.h"

namespace daymark::governor {

namespace {

/// A permit of a chip that no charter bounds.
constexpr Millis free_life = days(1);
/// Below this, grace is reserved so that running work need not renew ever faster towards an end.
constexpr Millis short_life = minutes(1);
constexpr std::size_t program_leaf_max = 96;
/// Set in the op of a refusal that an observing chip only noted.
constexpr std::uint8_t observed_only = 0x80;

/// The leaf [name, digest] of a list of approved programs.
Result<Digest> program_leaf(const PermitRequest& request) {
  ByteArray<program_leaf_max> space{};
  cbor::Writer writer(space);
  writer.open_array(2);
  writer.put_text(request.program_name);
  writer.put_bytes(request.program);
  DAYMARK_TRY(const ByteView leaf, writer.finish());
  return tlog::hash_leaf(leaf, tlog::program_tree);
}

std::uint64_t add_capped(std::uint64_t a, std::uint64_t b) {
  return a > ~std::uint64_t{0} - b ? ~std::uint64_t{0} : a + b;
}

/// Orders that make the next permit another one than this.
bool narrows(order::OrderKind kind) {
  return kind == order::OrderKind::suspend || kind == order::OrderKind::policy;
}

}  // namespace

Result<void> Governor::on_permit(cbor::Reader& in, cbor::Writer& out) {
  DAYMARK_TRY(const PermitRequest request, read_permit_request(in));
  Running job;
  job.job = request.job;
  job.program = request.program;
  job.world_size = request.world_size;
  job.job_class = request.job_class;
  job.duration = request.duration;
  show_programs(request, job);
  return grant(job, out);
}

Result<void> Governor::on_permit_renew(cbor::Reader& in, cbor::Writer& out) {
  DAYMARK_TRY(const ByteView id, in.read_bytes(JobId::size, JobId::size, field::job));
  DAYMARK_CHECK(in.expect_end());
  if (!running_.held || !equal(running_.job.view(), id)) {
    return fail(errc::gov_no_permit, field::job);
  }
  Running job = running_;
  return grant(job, out);
}

Result<void> Governor::on_permit_end(cbor::Reader& in, cbor::Writer& out) {
  DAYMARK_TRY(const ByteView id, in.read_bytes(JobId::size, JobId::size, field::job));
  DAYMARK_CHECK(in.expect_end());
  if (!running_.held || !equal(running_.job.view(), id)) {
    return fail(errc::gov_no_permit, field::job);
  }
  renew(running_);
  out.put_null();
  return ok();
}

/// Notes the roots that the request's proofs lead to; whether they are the right ones is judged
/// with every permit anew. A proof that leads nowhere shows nothing.
void Governor::show_programs(const PermitRequest& request, Running& job) {
  const Result<Digest> leaf = program_leaf(request);
  if (!leaf) return;
  for (std::size_t i = 0; i < request.proof_count; ++i) {
    const ProgramProof& proof = request.proofs[i];
    const auto path = unpack_path(proof.path, work_.start_late<PathSpace>());
    if (!path) continue;
    const auto root =
        tlog::root_from_path(*leaf, proof.index, proof.size, *path, tlog::program_tree);
    if (root) job.roots[job.root_count++] = *root;
  }
}

/// All that an enrolled chip asks of a job, whether or not it refuses for it.
Result<void> Governor::check_job(const Running& job) const {
  const Judgement now = judgement();
  if (now.standing == Standing::suspended || now.standing == Standing::lapsed) {
    return fail(now.reason, field::standing);
  }
  const bool other = running_.held && running_.job != job.job && now_.tick < running_.until;
  if (other) return fail(errc::gov_other_job, field::job);
  const std::uint8_t level_least =
      std::max(state_.policy.level_least, state_.current.leaf.level_least);
  if (static_cast<std::uint8_t>(platform_.level) < level_least) return fail(errc::gov_level);
  return check_terms(job, state_.current.leaf);
}

Result<void> Governor::check_terms(const Running& job, const order::Leaf& leaf) const {
  DAYMARK_CHECK(check_programs(job, leaf));
  if (!state_.ever_licensed()) return ok();
  if (job.world_size > leaf.cluster_max) return fail(errc::gov_cluster, field::world_size);
  const bool covered = leaf.job_classes == 0 || (leaf.job_classes >> job.job_class & 1U) != 0;
  if (!covered) return fail(errc::gov_job_class, field::job);
  return check_fence(leaf);
}

/// On the licence's list and, where a policy has bound, on the policy's. A root of zeros is no
/// list.
Result<void> Governor::check_programs(const Running& job, const order::Leaf& leaf) const {
  const std::array<Digest, 2> wanted{leaf.program_root, state_.policy.program_root};
  const auto shown = std::span(job.roots).first(job.root_count);
  for (const Digest& root : wanted) {
    if (root == Digest{}) continue;
    if (std::ranges::find(shown, root) == shown.end()) {
      return fail(errc::gov_program, field::program);
    }
  }
  return ok();
}

FenceResult Governor::fence() const {
  const order::Leaf& leaf = state_.current.leaf;
  if (!state_.current.held || !leaf.has_fence) return FenceResult::none;
  return timekeeper_.locate(leaf.fence, now_.tick);
}

Result<void> Governor::check_fence(const order::Leaf& leaf) const {
  if (!leaf.has_fence) return ok();
  switch (fence()) {
    case FenceResult::outside: return fail(errc::gov_fence_outside, field::fence);
    case FenceResult::stale: return fail(errc::gov_fence_stale, field::fence);
    default: return ok();
  }
}

/// How long a permit may live (PROTOCOL §3.3): at most N; no longer than licence, fresh time and
/// reserved grace last; not into an announced restriction.
Result<Millis> Governor::life_of(const Running& job) {
  const Judgement now = judgement();
  if (!governed()) return job.duration.value > 0 ? std::min(job.duration, free_life) : free_life;
  Millis life = charter_.bounds.notice;
  if (job.duration.value > 0) life = std::min(life, job.duration);
  if (now.standing == Standing::licensed) {
    const Millis room = std::min(state_.current.leaf.not_after - now_.clock.latest, now_.fresh_for);
    if (room < short_life) reserve_grace();
    life = std::min(life, std::max(room, Millis{}) + reserved_);
  }
  if (now.standing == Standing::grace) life = std::min(life, reserved_);
  for (const Pending& pending : state_.pending_list()) {
    if (!narrows(pending.what.kind)) continue;
    const Millis until_start = pending.what.binds_at - now_.clock.earliest;
    if (until_start.value <= 0) return fail(errc::gov_restriction_near, field::permit);
    life = std::min(life, until_start);
  }
  return life.value > 0 ? Result<Millis>(life) : fail(errc::gov_lapsed, field::permit);
}

Result<void> Governor::grant(Running& job, cbor::Writer& out) {
  const Judgement now = judgement();
  Permit permit;
  if (governed()) {
    const Result<void> checked = check_job(job);
    const bool only_noted = !checked && now.standing == Standing::observing;
    if (!checked && !only_noted) return checked;
    if (only_noted) permit.finding = checked.error().code;
  }
  DAYMARK_TRY(permit.life, life_of(job));
  // Noted where it is granted all the same; a refusal notes itself.
  if (permit.finding != Errc{}) {
    refuse(Error{permit.finding}, static_cast<std::uint8_t>(Op::permit) | observed_only);
  }
  if (changed_) DAYMARK_CHECK(commit());
  job.held = true;
  job.until = now_.tick + permit.life;
  running_ = job;
  permit.chip = chip_;
  permit.boot = boot_;
  permit.job = job.job;
  permit.program = job.program;
  permit.world_size = job.world_size;
  permit.job_class = job.job_class;
  permit.standing = now.standing;
  if (now_.clock.fresh) permit.until = now_.clock.latest + permit.life;
  if (!is_free(now.standing)) {
    permit.licence = state_.current.leaf.id;
    permit.link_megabytes_per_second = state_.current.leaf.link_megabytes_per_second;
  }
  permit.level = platform_.level;
  permit.clock = now_.clock;
  DAYMARK_TRY(const ByteView payload, write_permit(permit, work_.payload()));
  return put_signed(payload, permit_purpose, out);
}

/// Counts a record and charges its high bound to the licence: what can't be ruled out is used.
Result<void> Governor::on_record_usage(cbor::Reader& in, cbor::Writer& out) {
  DAYMARK_TRY(const UsageRequest request, read_usage_request(in));
  DAYMARK_CHECK(require_enrolled());
  if (request.start < state_.usage_end) return fail(errc::gov_usage_order, field::time);
  ledger::UsageRecord record;
  record.chip = chip_;
  record.boot = boot_;
  record.sequence = usage_sequence_;
  record.start = request.start;
  record.end = request.end;
  record.use = request.use;
  record.level = std::min(request.level, platform_.level);
  record.job = request.job;
  random_.fill(record.salt);
  DAYMARK_CHECK(state_.ledger.append(record));
  ++usage_sequence_;
  state_.usage_end = request.end;
  TeraOps& used = state_.current.used;
  if (state_.current.held) used.value = add_capped(used.value, request.use.ops_high.value);
  settle();
  DAYMARK_CHECK(commit());
  DAYMARK_TRY(const ByteView encoded, ledger::encode(record, work_.payload()));
  write_usage_answer({encoded, state_.ledger.head()}, out);
  return ok();
}

}  // namespace daymark::governor
