// The governor: the state machine that a chip runs (PROTOCOL §6). Core: no heap, no recursion, no
// globals; all memory is inside the object, so that its stack stays small.
//
//   Governor governor(platform, storage, random);
//   DAYMARK_CHECK(governor.start(tick));
//   … DAYMARK_TRY(const ByteView response, governor.handle(tick, request, response_space));
//
// It acts on ProvenOrders and ProvenLeaves only; every other request reads, measures or asks. What
// each request may change stands in docs/formats/governor.md.
#pragma once

#include "daymark/base/random.h"
#include "daymark/governor/documents.h"
#include "daymark/governor/journal.h"
#include "daymark/governor/judge.h"
#include "daymark/governor/message.h"
#include "daymark/governor/ports.h"
#include "daymark/governor/state.h"
#include "daymark/governor/timekeeper.h"
#include "daymark/governor/workspace.h"
#include "daymark/order/proven.h"

namespace daymark::governor {

/// Not thread-safe. Large (about 16 KiB): never on a chip's stack.
class Governor {
 public:
  /// `storage` and `random` must outlive the governor.
  Governor(const Platform& platform, Storage& storage, Random& random);
  ~Governor();

  Governor(const Governor&) = delete;
  Governor& operator=(const Governor&) = delete;
  Governor(Governor&&) = delete;
  Governor& operator=(Governor&&) = delete;

  /// Loads the saved state and draws the boot's number; once, before anything else. After an error
  /// nothing may be asked. Errors: those of Journal::open and of parse_charter.
  [[nodiscard]] Result<void> start(TickMillis tick);

  /// Answers one request (message.h). `tick` never goes back; an earlier one counts as the last.
  /// A refusal is an answer too; an error of this function means that there is none:
  /// errc::buffer_too_small where `response` is below response_size_max. Until the answer stands in
  /// it, `response` is the governor's working memory; it is not read, and may not overlap
  /// `request`.
  [[nodiscard]] Result<ByteView> handle(TickMillis tick, ByteView request, MutableBytes response);

  /// What time alone brings about: ends, starts, grace spent. `handle` calls it; a host that has
  /// nothing to ask calls it now and then. Errors: errc::gov_storage, after which every request is
  /// refused with it until the device starts anew.
  [[nodiscard]] Result<void> advance(TickMillis tick);

  /// What Op::range_answer answers, for a host that has the core in its own process: no message is
  /// read or written while the round trip lasts, and a refusal is not counted. Host only
  /// (governor_host.cc). Errors: those of Op::range_answer, errc::gov_storage.
  [[nodiscard]] Result<ranging::AnswerTag> answer(const ChallengeRequest& challenge) const;

  [[nodiscard]] const crypto::PublicKey& chip_key() const { return chip_key_; }

  [[nodiscard]] const BootId& boot() const { return boot_; }

  /// For tests and explorers: the state that decides. Nothing outside can change it.
  [[nodiscard]] const State& state() const { return state_; }

  [[nodiscard]] Judgement judgement() const;

  [[nodiscard]] ClockReading clock() const { return now_.clock; }

 private:
  /// A permit that runs.
  struct Running {
    bool held = false;
    JobId job;
    Digest program{};
    std::uint32_t world_size = 0;
    std::uint8_t job_class = 0;
    Millis duration;
    std::array<Digest, program_proofs_max> roots{};  ///< lists that the program was shown to be on
    std::size_t root_count = 0;
    TickMillis until;
  };

  using ContentSpace = decltype(order::ProofScratch::rest);

  /// An order as it is applied: where it stands and what it wants.
  struct Application {
    order::Stream stream = order::Stream::none;
    OrderReceipt receipt;
  };

  // Requests: each writes its result into `out`, in a stack frame of its own: none pays for what
  // another one needs.
  [[nodiscard]] Result<void> dispatch(Op op, cbor::Reader& in, cbor::Writer& out);
  [[nodiscard]] Result<void> dispatch_order(Op op, cbor::Reader& in, cbor::Writer& out);
  [[nodiscard]] Result<void> dispatch_permit(Op op, cbor::Reader& in, cbor::Writer& out);
  [[nodiscard]] Result<void> dispatch_ranging(Op op, cbor::Reader& in, cbor::Writer& out);
  [[nodiscard]] Result<void> on_identify(cbor::Reader& in, cbor::Writer& out);
  [[nodiscard]] Result<void> on_charter(cbor::Reader& in, cbor::Writer& out);
  [[nodiscard, gnu::noinline]] Result<void> on_status(cbor::Reader& in, cbor::Writer& out);
  [[nodiscard, gnu::noinline]] Result<void> on_attest(cbor::Reader& in, cbor::Writer& out);
  [[nodiscard]] Result<void> on_enrol_begin(cbor::Reader& in, cbor::Writer& out);
  [[nodiscard]] Result<void> on_enrol_answer(cbor::Reader& in, cbor::Writer& out);
  [[nodiscard, gnu::noinline]] Result<void> on_enrol(cbor::Reader& in, cbor::Writer& out);
  [[nodiscard, gnu::noinline]] Result<void> on_apply(cbor::Reader& in, cbor::Writer& out);
  [[nodiscard, gnu::noinline]] Result<void> on_appeal(cbor::Reader& in, cbor::Writer& out);
  [[nodiscard, gnu::noinline]] Result<void> on_renew(cbor::Reader& in, cbor::Writer& out);
  [[nodiscard, gnu::noinline]] Result<void> on_accept_leaf(cbor::Reader& in, cbor::Writer& out);
  [[nodiscard, gnu::noinline]] Result<void> on_emergency(cbor::Reader& in, cbor::Writer& out);
  [[nodiscard, gnu::noinline]] Result<void> on_permit(cbor::Reader& in, cbor::Writer& out);
  [[nodiscard]] Result<void> on_permit_renew(cbor::Reader& in, cbor::Writer& out);
  [[nodiscard]] Result<void> on_permit_end(cbor::Reader& in, cbor::Writer& out);
  [[nodiscard, gnu::noinline]] Result<void> on_record_usage(cbor::Reader& in, cbor::Writer& out);
  [[nodiscard, gnu::noinline]] Result<void> on_range_open(cbor::Reader& in, cbor::Writer& out);
  [[nodiscard, gnu::noinline]] Result<void> on_range_accept(cbor::Reader& in, cbor::Writer& out);
  [[nodiscard]] Result<void> on_range_answer(cbor::Reader& in, cbor::Writer& out);
  [[nodiscard, gnu::noinline]] Result<void> on_range_receipt(cbor::Reader& in, cbor::Writer& out);

  // Time (governor_time.cc).
  void settle();
  [[nodiscard]] bool settle_once();
  void bind(const Pending& pending);
  void bind_charter(const Pending& pending);
  void release();
  void track_lapse();
  void spend_grace(Millis elapsed);
  void reserve_grace();
  void return_grace();
  [[nodiscard]] Millis overshoot(Millis elapsed) const;
  [[nodiscard]] bool suspension_over() const;
  [[nodiscard]] bool lapse_over() const;

  [[nodiscard]] Millis grace() const { return state_.grace_left + reserved_; }

  // Orders (governor_orders.cc).
  [[nodiscard]] Result<const order::Charter*> charter_for(const order::OrderMessage& message,
                                                          order::SignedOrder& scratch);
  [[nodiscard]] Result<order::Stream> place(const order::ProvenOrder& proven,
                                            const order::Charter& judged_by, ContentSpace& space);
  [[nodiscard]] Result<order::Stream> place_own(const order::ProvenOrder& proven,
                                                ContentSpace& space) const;
  [[nodiscard]] Result<void> take_effect(const order::ProvenOrder& proven, Application& out);
  [[nodiscard]] Result<void> take_suspension(const order::ProvenOrder& proven, Application& out);
  [[nodiscard]] Result<void> take_confirmation(const order::ProvenOrder& proven, Application& out);
  [[nodiscard]] Result<void> take_policy(const order::ProvenOrder& proven, Application& out);
  [[nodiscard]] Result<void> take_firmware(const order::ProvenOrder& proven, Application& out);
  [[nodiscard]] Result<void> take_charter(const order::ProvenOrder& proven, ByteView charter,
                                          Application& out);
  [[nodiscard]] Result<void> take_transfer(const order::ProvenOrder& proven, Application& out);
  void take_relief(const order::ProvenOrder& proven, Application& out);
  void extend_stream(const order::ProvenOrder& proven, order::Stream stream);
  void note_checkpoint(const order::ProvenOrder& proven);
  [[nodiscard]] Result<void> pin(ByteView charter);
  [[nodiscard]] Result<void> finish_order(const order::ProvenOrder& proven, Application& applied,
                                          cbor::Writer& out);

  // Licences (governor_licences.cc).
  [[nodiscard]] Result<void> check_leaf(const order::Leaf& leaf) const;
  [[nodiscard]] Result<void> check_emergency(const order::EmergencyGrant& grant) const;
  [[nodiscard]] Result<LeafOutcome> take_leaf(const order::Leaf& leaf);
  [[nodiscard]] Result<LeafOutcome> take_licence(const order::Leaf& leaf);

  // Permits (governor_permits.cc).
  [[nodiscard]] Result<void> check_job(const Running& job) const;
  [[nodiscard]] Result<void> check_terms(const Running& job, const order::Leaf& leaf) const;
  [[nodiscard]] Result<void> check_fence(const order::Leaf& leaf) const;
  [[nodiscard]] Result<void> check_programs(const Running& job, const order::Leaf& leaf) const;
  void show_programs(const PermitRequest& request, Running& job);
  [[nodiscard]] Result<Millis> life_of(const Running& job);
  [[nodiscard]] Result<void> grant(Running& job, cbor::Writer& out);
  [[nodiscard]] FenceResult fence() const;

  // Reports (governor_reports.cc).
  void fill_licences(Status& out) const;
  void fill_limits(Status& out) const;
  void fill_next(Status& out) const;
  [[nodiscard]] Attestation claims(ByteView nonce) const;

  // Everywhere.
  [[nodiscard]] bool governed() const { return state_.life == Life::enrolled; }

  [[nodiscard]] Result<void> require_enrolled() const;
  [[nodiscard]] Result<void> commit();
  void refuse(Error error, std::uint8_t op);
  [[nodiscard]] Result<void> put_signed(ByteView payload, std::string_view purpose,
                                        cbor::Writer& out);

  Platform platform_;
  Random& random_;
  Journal journal_;
  crypto::PublicKey chip_key_;
  ChipId chip_;
  BootId boot_;

  Now now_;
  TickMillis started_;
  bool broken_ = true;  ///< not started, or a save failed: what the device holds is unknown
  bool changed_ = false;
  bool was_in_grace_ = false;
  bool lapsed_ = false;
  Millis reserved_;            ///< grace taken from the state and not spent yet
  TickMillis suspended_tick_;  ///< since when this boot has known the active suspension
  TickMillis lapsed_tick_;     ///< since when this boot has been lapsed
  std::uint64_t usage_sequence_ = 0;
  Workspace work_;
  Running running_;

  // The large ones at the end: an instruction reaches 2 KiB.
  State state_;
  order::Charter charter_;  ///< views state_.charter
  Timekeeper timekeeper_;
  order::Charter other_;  ///< views state_.other, parsed where it is needed
};

}  // namespace daymark::governor
