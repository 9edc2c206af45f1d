#include "drafting.h"

#include "arguments.h"
#include "signers.h"
#include <nlohmann/json.hpp>

#include "daymark/base/file.h"
#include "daymark/base/json_internal.h"
#include "daymark/crypto/random.h"
#include "daymark/order/content_writer.h"
#include "daymark/order/draft.h"

namespace daymark::cli {

namespace {

using Json = nlohmann::json;
using order::OrderKind;

Outcome<Json> get_json(const authority::AuthorityClient& client, const std::string& path) {
  DAYMARK_TRY(const std::string body, client.get(path));
  return about(internal::parse_json(body), client.url() + path);
}

/// A stream head out of two members of an answer.
Outcome<order::StreamHead> head_of(const Json& answer, const char* seq, const char* hash) {
  const bool form = answer.contains(seq) && answer.contains(hash) &&
                    answer.at(seq).is_number_unsigned() && answer.at(hash).is_string();
  if (!form) return refuse(errc::json_malformed, "authority", seq);
  order::StreamHead out;
  out.seq = answer.at(seq).get<std::uint64_t>();
  DAYMARK_TRY(out.hash, hex_argument<32>(hash, answer.at(hash).get<std::string>()));
  return out;
}

OrderKind kind_of(const std::string& name) {
  for (std::size_t i = 1; i <= order::order_kind_count; ++i) {
    const auto kind = static_cast<OrderKind>(i);
    if (order::name_of(kind) == name) return kind;
  }
  return OrderKind::suspend;
}

/// Everything a draft is made from.
class Drafter {
 public:
  Drafter(const DraftOptions& options, authority::AuthorityClient client, Clock& clock)
      : options_(options),
        client_(std::move(client)),
        now_{clock.now().value / 1000 * 1000},
        kind_(kind_of(options.kind)) {}

  Outcome<order::OrderFile> draft() {
    DAYMARK_TRY(charter_bytes_, client_.charter());
    DAYMARK_TRY(const order::Charter charter,
                about(order::parse_charter(charter_bytes_), "charter"));
    DAYMARK_TRY(const std::vector<Byte> content, make_content());
    order::DraftRequest request{.kind = kind_, .times = {}, .content = content, .fleet_head = {}};
    DAYMARK_TRY(request.times, times(charter));
    DAYMARK_TRY(const Json health, get_json(client_, "/healthz"));
    DAYMARK_TRY(request.fleet_head, head_of(health, "fleet_seq", "fleet_head"));
    crypto::SystemRandom random;
    return about(order::draft_order(request, charter, random), options_.kind);
  }

 private:
  Outcome<order::DraftTimes> times(const order::Charter& charter) const {
    order::DraftTimes out{now_, {}, {}, {}};
    DAYMARK_TRY(const Millis expires, duration_argument("--expires", options_.expires));
    out.expires = now_ + expires;
    if (!options_.not_before.empty()) {
      DAYMARK_TRY(out.not_before, time_argument("--not-before", options_.not_before));
    }
    // A confirmation restores the end that the suspension stated.
    if (kind_ != OrderKind::suspend || !options_.confirms.empty()) return out;
    DAYMARK_TRY(const Millis lasting, duration_argument("--for", options_.lasting));
    const UnixMillis earliest = now_ + charter.bounds.notice;
    out.until = (earliest < out.not_before ? out.not_before : earliest) + lasting;
    return out;
  }

  Outcome<std::vector<Byte>> make_content() {
    switch (kind_) {
      case OrderKind::policy: return policy();
      case OrderKind::amend: return read_file(options_.new_charter, order::charter_size_max);
      case OrderKind::transfer: return transfer();
      default: return scope();
    }
  }

  Outcome<std::vector<Byte>> scope() {
    if (options_.chips.size() > order::targets_max) {
      return refuse(errc::usage_wrong, "--chip", "too many chips for one order");
    }
    order::ScopeContent out;
    out.reason = options_.reason;
    if (!options_.confirms.empty()) {
      DAYMARK_TRY(appeal_, hex_argument<32>("--confirms", options_.confirms));
      out.appeal = appeal_;
    }
    for (const std::string& chip : options_.chips) {
      DAYMARK_TRY(out.targets[out.target_count], target(chip));
      ++out.target_count;
    }
    return order::write_scope(out);
  }

  Outcome<order::Target> target(const std::string& text) {
    order::Target out;
    DAYMARK_TRY(out.chip, chip_argument(text));
    DAYMARK_TRY(const Json chip, get_json(client_, "/chips/" + text));
    DAYMARK_TRY(const order::StreamHead head, head_of(chip, "own_seq", "own_head"));
    out.seq = head.seq + 1;
    out.prev = head.hash;
    return out;
  }

  Outcome<std::vector<Byte>> policy() {
    DAYMARK_TRY(programs_, read_file(options_.programs, 65'536));
    DAYMARK_TRY(const order::ProgramList list,
                about(order::parse_programs(programs_), options_.programs));
    order::PolicySource source;
    source.programs.assign(list.entries.begin(), list.entries.begin() + list.count);
    return order::write_policy(source);
  }

  Outcome<std::vector<Byte>> transfer() {
    if (options_.chips.size() != 1) return refuse(errc::usage_wrong, "--chip", "exactly one");
    DAYMARK_TRY(const std::vector<Byte> next, read_file(options_.new_charter, 4096));
    DAYMARK_TRY(const order::Charter charter, about(order::parse_charter(next), "--new-charter"));
    Signers signers;
    DAYMARK_TRY(const auto owner, signers.open(options_.new_owner_key));
    DAYMARK_TRY(const order::Target place, target(options_.chips.front()));
    DAYMARK_TRY(const Json chip, get_json(client_, "/chips/" + options_.chips.front()));
    order::ConsentSource consent{.chip = {}, .charter = charter.hash, .nonce = place.prev};
    DAYMARK_TRY(consent.chip.bytes, hex_argument<32>("key", chip.value("key", std::string())));
    DAYMARK_TRY(const std::vector<Byte> agreed, order::make_consent(consent, *owner));
    return order::write_transfer({place, charter.fleet, next, agreed});
  }

  const DraftOptions& options_;
  authority::AuthorityClient client_;
  UnixMillis now_;
  OrderKind kind_;
  std::vector<Byte> charter_bytes_;
  std::vector<Byte> programs_;
  Digest appeal_{};
};

}  // namespace

Outcome<order::OrderFile> draft_from(const DraftOptions& options, Clock& clock) {
  DAYMARK_TRY(authority::AuthorityClient client, client_of(options.authority));
  return Drafter(options, std::move(client), clock).draft();
}

}  // namespace daymark::cli
