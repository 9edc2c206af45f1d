#include "daymark/order/explain.h"

#include <set>

#include "daymark/base/hex.h"
#include "daymark/base/time.h"
#include "daymark/order/phrases_internal.h"
#include "daymark/order/signer_sets.h"

namespace daymark::order {

namespace {

using internal::deed_of;
using internal::Phrase;
using internal::say;
using internal::sets_text;
using internal::text_of;

/// A page in the making.
class Page {
 public:
  Page(const Charter& charter, Language language) : charter_(charter), language_(language) {}

  std::string write() {
    write_title();
    write_parties();
    write_powers();
    write_silence();
    write_log();
    write_beacons();
    return std::move(out_);
  }

 private:
  template <class... Parts>
  void line(Phrase phrase, const Parts&... parts) {
    out_ += say(language_, phrase, parts...) + '\n';
  }

  template <class... Parts>
  void item(Phrase phrase, const Parts&... parts) {
    out_ += "  ";
    line(phrase, parts...);
  }

  void title(Phrase phrase) {
    out_ += '\n';
    line(phrase);
  }

  [[nodiscard]] std::string words(Millis span) const {
    return internal::span_words(span, language_);
  }

  void write_title() {
    line(Phrase::charter_title, charter_.name, charter_.revision);
    line(Phrase::fleet_line, to_hex(charter_.fleet.view()));
    line(Phrase::fingerprint_line, to_hex(charter_.hash));
  }

  [[nodiscard]] std::string reads_of(const Party& party) const {
    if (party.reads == all_kinds) return say(language_, Phrase::reads_all);
    std::string kinds;
    for (std::size_t kind = 1; kind <= order_kind_count; ++kind) {
      if ((party.reads >> kind & 1U) == 0) continue;
      kinds +=
          fmt::format("{}{}", kinds.empty() ? "" : ", ", name_of(static_cast<OrderKind>(kind)));
    }
    return kinds.empty() ? say(language_, Phrase::reads_none)
                         : say(language_, Phrase::reads_some, kinds);
  }

  void write_parties() {
    title(Phrase::parties_title);
    constexpr auto first = static_cast<std::size_t>(Phrase::role_owner) - 1;
    for (const Party& party : charter_.party_list()) {
      const auto role = static_cast<Phrase>(first + static_cast<std::size_t>(party.role));
      const bool spare = party.spare != party.key;
      out_ += fmt::format("  {}: {}; {}; {}\n", party.name, text_of(role, language_),
                          text_of(spare ? Phrase::with_spare : Phrase::without_spare, language_),
                          reads_of(party));
    }
  }

  void write_powers() {
    title(Phrase::powers_title);
    const Bounds& b = charter_.bounds;
    for (std::size_t number = 1; number <= order_kind_count; ++number) {
      const auto kind = static_cast<OrderKind>(number);
      out_ += fmt::format("  {} ({}): {}\n", name_of(kind), deed_of(kind, language_),
                          sets_text(charter_, kind, language_));
      if (charter_.quorums.at(number).empty()) continue;
      if (is_relief(kind)) note(Phrase::relief_note);
      if (is_restriction(kind)) note(Phrase::restriction_note, words(b.notice));
      if (kind != OrderKind::suspend) continue;
      note(Phrase::suspension_note, words(b.suspension_longest), words(b.suspension_budget),
           words(b.appeal));
    }
  }

  template <class... Parts>
  void note(Phrase phrase, const Parts&... parts) {
    out_ += "    ";
    line(phrase, parts...);
  }

  void write_silence() {
    title(Phrase::silence_title);
    const Bounds& b = charter_.bounds;
    item(Phrase::validity_note, words(b.licence_longest), words(b.renewal), words(b.grace));
    // PROTOCOL §4.4.
    item(Phrase::lapse_note, words(b.licence_longest - b.renewal + b.grace),
         words(b.licence_longest + b.grace));
    const Silence& silence = charter_.silence;
    switch (silence.action) {
      case OnSilence::observe: item(Phrase::silence_observe); break;
      case OnSilence::lapse: item(Phrase::silence_lapse, words(silence.lapsed_longest)); break;
      case OnSilence::extended_grace:
        item(Phrase::silence_grace, words(silence.lapsed_longest));
        break;
    }
    item(Phrase::sunset_note, to_rfc3339(silence.sunset));
    if (charter_.emergency_chip_hours > 0) {
      item(Phrase::emergency_note, charter_.emergency_chip_hours);
    }
  }

  /// "a + b; or a + c" over the members of a witness policy.
  [[nodiscard]] std::string member_sets(const tlog::Policy& policy) const {
    std::string out;
    for (const tlog::MemberSet set : minimal_sets(policy, policy.member_count())) {
      if (!out.empty()) out += text_of(Phrase::joined_by_or, language_);
      std::string names;
      for (std::size_t i = 0; i < policy.member_count(); ++i) {
        if ((set >> i & 1U) == 0) continue;
        names += fmt::format("{}{}", names.empty() ? "" : " + ", policy.member_name(i));
      }
      out += names;
    }
    return out.empty() ? std::string(text_of(Phrase::nobody, language_)) : out;
  }

  void write_log() {
    title(Phrase::log_title);
    if (const auto log = tlog::Policy::parse(charter_.log_policy)) {
      std::set<std::string_view> names;
      for (const tlog::VerifierKey& key : log->logs()) {
        if (names.insert(key.name).second) item(Phrase::logs_note, key.name);
      }
      item(Phrase::witnesses_note, member_sets(*log));
    }
    if (const auto mirrors = tlog::Policy::parse(charter_.mirror_policy)) {
      item(Phrase::mirrors_note, member_sets(*mirrors));
    }
  }

  void write_beacons() {
    title(Phrase::beacons_title);
    constexpr double e7 = 1e7;
    std::set<std::string_view> operators;
    for (const BeaconEntry& beacon : charter_.beacon_list()) {
      operators.insert(beacon.operator_name);
      item(Phrase::beacon_note, beacon.name, beacon.operator_name, beacon.place.latitude / e7,
           beacon.place.longitude / e7);
    }
    item(Phrase::faults_note, charter_.faults, operators.size());
    item(Phrase::ages_note, words(charter_.bounds.time_age), words(charter_.bounds.fence_age));
  }

  const Charter& charter_;
  Language language_;
  std::string out_;
};

}  // namespace

std::string explain_charter(const Charter& charter, Language language) {
  return Page(charter, language).write();
}

}  // namespace daymark::order
