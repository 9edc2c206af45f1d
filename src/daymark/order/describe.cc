#include "daymark/order/describe.h"

#include <algorithm>

#include "daymark/base/hex.h"
#include "daymark/base/time.h"
#include "daymark/order/phrases_internal.h"
#include "daymark/order/signer_sets.h"

namespace daymark::order {

namespace {

using internal::Phrase;
using internal::say;

class Sheet {
 public:
  Sheet(const OrderView& view, Language language) : view_(view), language_(language) {}

  std::string write() {
    out_ =
        fmt::format("{}: {}\n", name_of(order().kind), internal::deed_of(order().kind, language_));
    write_content();
    line(Phrase::hash_line, to_hex(order().hash));
    if (order().has_prev) line(Phrase::fleet_place, order().seq, to_hex(order().prev));
    line(Phrase::issued_line, to_rfc3339(order().issued), to_rfc3339(order().expires));
    write_signers();
    write_binding();
    write_end();
    return std::move(out_);
  }

 private:
  [[nodiscard]] const Order& order() const { return *view_.order; }

  [[nodiscard]] const Charter& charter() const { return *view_.charter; }

  template <class... Parts>
  void line(Phrase phrase, const Parts&... parts) {
    out_ += say(language_, phrase, parts...) + '\n';
  }

  void write_content() {
    if (view_.content.empty()) return line(Phrase::sealed_line);
    switch (order().kind) {
      case OrderKind::suspend:
      case OrderKind::resume:
      case OrderKind::release: return write_scope();
      case OrderKind::license: return write_batch();
      case OrderKind::policy: return write_policy();
      case OrderKind::firmware: return write_firmware();
      case OrderKind::amend: return write_amend();
      case OrderKind::transfer: return write_transfer();
      case OrderKind::enrol: return write_enrol();
    }
  }

  void write_target(const Target& target) {
    out_ += "  ";
    line(Phrase::chip_place, to_hex(target.chip.view()), target.seq);
  }

  void write_scope() {
    const auto scope = parse_scope(view_.content);
    if (!scope) return line(Phrase::sealed_line);
    if (scope->target_count == 0) {
      line(Phrase::scope_fleet);
    } else {
      line(Phrase::scope_chips, scope->target_count);
    }
    for (const Target& target : scope->target_list())
      write_target(target);
    line(Phrase::reason_line, scope->reason);
    if (!scope->appeal.empty()) line(Phrase::confirms_line, to_hex(scope->appeal));
  }

  void write_batch() {
    line(Phrase::batch_line, order().seq, order().count, to_hex(order().batch_root));
  }

  void write_policy() {
    const auto policy = parse_policy(view_.content);
    if (!policy) return;
    line(Phrase::scope_fleet);
    const auto list = parse_programs(policy->programs);
    if (!list) return;
    for (const Program& program : std::span(list->entries).first(list->count)) {
      out_ += "  ";
      line(Phrase::program_line, program.name, to_hex(program.digest));
    }
  }

  void write_firmware() {
    const auto firmware = parse_firmware(view_.content);
    if (!firmware) return;
    line(Phrase::scope_fleet);
    line(Phrase::image_line, to_hex(firmware->image), firmware->version, firmware->commit);
  }

  void write_amend() {
    const auto next = parse_charter(view_.content);
    if (!next) return;
    line(Phrase::scope_fleet);
    line(Phrase::next_charter_line, to_hex(next->hash), next->revision);
  }

  void write_transfer() {
    const auto transfer = parse_transfer(view_.content);
    if (!transfer) return;
    line(Phrase::scope_chips, 1);
    write_target(transfer->target);
    line(Phrase::new_fleet_line, to_hex(transfer->fleet.view()),
         to_hex(crypto::sha256(transfer->charter)));
  }

  void write_enrol() {
    const auto enrol = parse_enrol(view_.content);
    if (!enrol) return;
    line(Phrase::scope_chips, 1);
    write_target({crypto::chip_id(enrol->chip), 1, {}});
  }

  void write_signers() {
    const std::string names = names_of(charter(), view_.signers);
    line(Phrase::signed_line, names.empty() ? say(language_, Phrase::nobody) : names);
    const auto quorum = quorum_of(charter(), order().kind);
    if (quorum && quorum->met_by(view_.signers)) return line(Phrase::quorum_met);
    line(Phrase::quorum_open, internal::sets_text(charter(), order().kind, language_));
  }

  void write_binding() {
    const Bounds& bounds = charter().bounds;
    if (view_.logged_at) {
      line(Phrase::logged_line, to_rfc3339(*view_.logged_at));
      return line(Phrase::binds_line, to_rfc3339(binding_time(order(), bounds, *view_.logged_at)));
    }
    if (is_relief(order().kind)) return line(Phrase::binds_at_once);
    if (order().is_confirmation()) return line(Phrase::binds_logged, to_rfc3339(order().issued));
    const UnixMillis earliest =
        order().not_before < order().issued ? order().issued : order().not_before;
    if (!is_restriction(order().kind)) return line(Phrase::binds_logged, to_rfc3339(earliest));
    line(Phrase::binds_after, internal::span_words(bounds.notice, language_), to_rfc3339(earliest));
  }

  void write_end() {
    if (order().kind != OrderKind::suspend) {
      if (is_restriction(order().kind)) line(Phrase::never_lifted);
      return;
    }
    if (order().is_confirmation()) return;
    line(Phrase::ends_line, to_rfc3339(order().until));
    line(Phrase::lifted_line, internal::sets_text(charter(), OrderKind::resume, language_));
    line(Phrase::appeal_line, internal::span_words(charter().bounds.appeal, language_));
  }

  const OrderView& view_;
  Language language_;
  std::string out_;
};

}  // namespace

UnixMillis binding_time(const Order& order, const Bounds& bounds, UnixMillis logged_at) {
  if (is_relief(order.kind) || order.is_confirmation()) return logged_at;
  const UnixMillis earliest = is_restriction(order.kind) ? logged_at + bounds.notice : logged_at;
  return std::max(earliest, order.not_before);
}

std::string describe_order(const OrderView& view, Language language) {
  return Sheet(view, language).write();
}

}  // namespace daymark::order
