// The decision of a witness or mirror, and the request to one (C2SP tlog-witness). No sockets here:
// bytes in, bytes out. Host only.
//
//   old 20852014
//   PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
//
//   example.com/behind-the-sofa
//   20852163
//   CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//
//   — example.com/behind-the-sofa Az3grlgt…
#pragma once

#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/base/time.h"
#include "daymark/tlog/checkpoint.h"
#include "daymark/tlog/note_writer.h"

namespace daymark::tlog {

struct AddCheckpoint {
  TreeSize old_size;
  std::vector<Digest> path;
  std::string_view checkpoint;  ///< the note's text, a view into the request
};

/// Errors: errc::witness_request, also for more than 63 hashes.
[[nodiscard]] Result<AddCheckpoint> parse_add_checkpoint(std::string_view request);

[[nodiscard]] std::string make_add_checkpoint(TreeSize old_size, std::span<const Digest> path,
                                              std::string_view checkpoint);

/// A head and when it was first cosigned.
struct CosignedHead {
  TreeHead head;
  UnixMillis time;  ///< whole seconds
  friend constexpr bool operator==(const CosignedHead&, const CosignedHead&) = default;
};

/// Where a witness remembers the newest head that it cosigned of each log.
class WitnessStore {
 public:
  virtual ~WitnessStore() = default;

  /// Nothing where no head of this log was ever recorded. Errors: errc::witness_record, those of
  /// the disk.
  [[nodiscard]] virtual Outcome<std::optional<CosignedHead>> latest(const std::string& origin) = 0;
  /// Durable when it returns. Errors: errc::file_not_written.
  [[nodiscard]] virtual Outcome<void> record(const std::string& origin,
                                             const CosignedHead& head) = 0;
};

/// What a mirror keeps.
class MirrorArchive {
 public:
  virtual ~MirrorArchive() = default;

  /// Whether every entry of this head is stored, served, and leads to its root.
  [[nodiscard]] virtual bool stored_through(std::string_view origin, const TreeHead& head) = 0;
};

/// The answer over HTTP. A refusal names its rule in `why`.
struct WitnessAnswer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;  ///< signature lines for 200, the recorded size for 409, else empty
  std::optional<Failure> why;
};

/// What makes a witness a mirror (PROTOCOL §7).
struct MirrorRole {
  MirrorArchive* archive = nullptr;  ///< none: no mirror
  /// The key that says "stored and served". Without one the witness's own key says it, and cosigns
  /// nothing that is not stored.
  std::optional<NoteSigner> signer;
};

/// What to do where a mirror with a key of its own lacks entries.
enum class Lacking { refuse, cosign_as_witness };

/// Cosigns what continues the head that it cosigned before, and nothing else. As a mirror it also
/// demands that all entries are stored. Safe from several threads, if the archive is.
class Witness {
 public:
  /// Store, clock and archive must outlive the witness.
  Witness(NoteSigner signer, WitnessStore& store, Clock& clock, MirrorRole mirror = {})
      : signer_(std::move(signer)), store_(store), clock_(clock), mirror_(std::move(mirror)) {}

  /// Trusts `vkey` for checkpoints of the origin that is its name; several for one origin are the
  /// log's keys. Call before the first request. Errors: errc::note_vkey.
  [[nodiscard]] Result<void> add_log(std::string vkey);

  /// The "add-checkpoint" request:
  /// 200 with the cosignature, and the mirror's where it has a key of its own and the entries; the
  /// head is durable before.
  /// 400: errc::witness_request, errc::checkpoint_malformed, errc::note_malformed,
  ///      errc::witness_old_size.
  /// 403: errc::checkpoint_unsigned, errc::note_signature.
  /// 404: errc::witness_origin.
  /// 409: errc::witness_conflict, with the recorded size.
  /// 422: errc::witness_inconsistent, errc::tlog_path_length.
  /// 500: errc::cosignature_time where the clock is unset, errc::witness_clock where it is behind
  ///      a cosignature that was given, those of the store.
  /// 503: errc::mirror_not_stored; the same request may be sent again.
  [[nodiscard]] WitnessAnswer add_checkpoint(std::string_view request,
                                             Lacking lacking = Lacking::refuse);

  /// Of type 04.
  [[nodiscard]] std::string vkey() const { return format_vkey(signer_, type_cosignature); }

 private:
  [[nodiscard]] WitnessAnswer judge(const AddCheckpoint& request, const Checkpoint& checkpoint,
                                    Lacking lacking);
  [[nodiscard]] Result<void> verify_signed(const Checkpoint& checkpoint) const;
  /// Whether the entries are there that a mirror must keep; true where it is none.
  [[nodiscard]] bool is_stored(const Checkpoint& checkpoint) const;
  [[nodiscard]] WitnessAnswer cosign(const Checkpoint& checkpoint,
                                     const std::optional<CosignedHead>& latest, bool stored);

  NoteSigner signer_;
  WitnessStore& store_;
  Clock& clock_;
  MirrorRole mirror_;
  std::vector<std::string> logs_;
  UnixMillis newest_{};  ///< time of the newest cosignature since the start, whole seconds
  std::mutex mutex_;
};

/// What the client takes from a 200 answer: the checkpoint with the cosignatures by `key` appended,
/// each verified; lines of other keys are left out.
/// Errors: errc::witness_reply, errc::checkpoint_uncosigned, errc::note_signature,
/// errc::cosignature_time and those of parse_checkpoint.
[[nodiscard]] Result<std::string> accept_cosignatures(std::string_view checkpoint,
                                                      std::string_view body,
                                                      const VerifierKey& key);

/// The size in a 409 answer. Errors: errc::witness_reply.
[[nodiscard]] Result<TreeSize> parse_witness_size(std::string_view body);

}  // namespace daymark::tlog
