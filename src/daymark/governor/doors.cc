#include "daymark/governor/doors.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace daymark::governor {

namespace {

constexpr PartSet set_of(std::initializer_list<Part> parts) {
  PartSet out = 0;
  for (const Part part : parts)
    out |= PartSet{1} << static_cast<unsigned>(part);
  return out;
}

constexpr std::array<std::string_view, part_count> part_names{
    "nonce",    "life",   "charter",  "own stream", "fleet stream", "checkpoint",
    "licence",  "used",   "denial",   "request",    "announced",    "suspension",
    "appeals",  "policy", "firmware", "grace",      "emergency",    "ledger",
    "refusals", "clock",  "session",  "permit"};

/// What time brings about, and so whatever teaches the chip the time: starts, ends, the following
/// licence, the sunset.
constexpr PartSet due =
    set_of({Part::life, Part::charter, Part::fleet_stream, Part::licence, Part::used, Part::request,
            Part::announced, Part::suspension, Part::appeals, Part::policy, Part::firmware,
            Part::grace, Part::clock, Part::permit});
/// An order whose start has passed binds as it is applied.
constexpr PartSet order_at_once =
    set_of({Part::announced, Part::checkpoint, Part::appeals, Part::grace, Part::permit});

constexpr std::string_view anybody = "anybody on the channel";
constexpr std::string_view any_life = "-";

constexpr std::array<Door, op_max> message_table{{
    {1, "identify", anybody, any_life, 0},
    {2, "charter", anybody, "the chip holds a charter", 0},
    {3, "status", anybody, any_life, 0},
    {4, "attest", anybody, "its nonce has 8 to 64 bytes; at most 4 submodules, none twice", 0},
    {5, "enrol_begin", anybody, "unprovisioned", set_of({Part::nonce})},
    {6, "enrol_answer", anybody,
     "unprovisioned; a nonce was drawn; a charter of the right form. The answer binds nobody alone",
     0},
    {7, "enrol", "maker, owner and the charter's quorum together",
     "unprovisioned; a nonce was drawn; the order is proven: maker's voucher, owner's consent, "
     "this "
     "chip's answer, quorum, log, witnesses, mirror",
     set_of({Part::nonce, Part::life, Part::charter, Part::own_stream, Part::checkpoint,
             Part::clock})},
    {8, "apply", "the quorum of the order's kind, with log, witnesses and mirror",
     "enrolled; the order is proven under the pinned charter, or under the one before if it was "
     "logged while that held; it is the next of its stream; then as in the second table",
     0},
    {9, "renew", anybody, "enrolled", set_of({Part::request})},
    {10, "accept_leaf", "the quorum for licences, with log and witnesses",
     "enrolled; batch proven; the leaf is in it, for this chip, answers the outstanding request, "
     "its "
     "number rises, both streams have reached what it names, it is no longer than the charter's V",
     set_of({Part::licence, Part::used, Part::denial, Part::request, Part::grace, Part::emergency,
             Part::checkpoint})},
    {11, "permit", anybody,
     "neither suspended nor lapsed; no other job runs; level, program, size, class and fence as "
     "the "
     "licence and a bound policy say; time left before what was announced",
     set_of({Part::permit, Part::grace, Part::refusals})},
    {12, "permit_renew", anybody, "that job runs; else as permit",
     set_of({Part::permit, Part::grace, Part::refusals})},
    {13, "permit_end", anybody, "that job runs", set_of({Part::permit, Part::grace})},
    {14, "record_usage", anybody,
     "enrolled; not before the end of the last record; no more than the chip's peak",
     set_of({Part::ledger, Part::used, Part::licence, Part::grace})},
    {15, "range_open", anybody, "enrolled; a beacon of the charter", set_of({Part::session})},
    {16, "range_accept", "that beacon", "enrolled; an open session", set_of({Part::session})},
    {17, "range_answer", anybody, "enrolled; a session with a key", 0},
    {18, "range_receipt", "that beacon; at most f lie",
     "enrolled; an open session; signed by that beacon, for this chip, its place and this nonce",
     due | set_of({Part::session})},
    {19, "appeal", "the owner, with log and witnesses",
     "enrolled; against a suspension that is announced or active, before it would be over",
     set_of({Part::announced, Part::suspension, Part::appeals})},
    {20, "emergency", "the owner",
     "enrolled; ever licensed; not suspended; issued later than the last one; within the charter's "
     "hours since the last accepted licence",
     set_of({Part::grace, Part::emergency})},
}};

constexpr std::array<Door, order::order_kind_count> order_table{{
    {1, "enrol", "see message 7", "has a door of its own: refused by apply", 0},
    {2, "license", "see message 10", "has a door of its own: refused by apply", 0},
    {3, "policy", "quorum of a restriction, two parties at least", "at most 7 orders wait",
     order_at_once | set_of({Part::fleet_stream, Part::policy})},
    {4, "firmware", "quorum of a restriction, two parties at least",
     "two build attestations; the version rises; at most 7 orders wait",
     order_at_once | set_of({Part::fleet_stream, Part::firmware})},
    {5, "suspend", "quorum of a restriction, two parties at least",
     "names this chip or the fleet; ends; no longer than the charter allows; at most 7 orders "
     "wait. "
     "A confirmation names an appeal",
     order_at_once | set_of({Part::own_stream, Part::fleet_stream, Part::suspension})},
    {6, "resume", "quorum of a relief; a log's proof may follow later",
     "names this chip or the fleet",
     set_of({Part::own_stream, Part::fleet_stream, Part::announced, Part::suspension, Part::appeals,
             Part::checkpoint, Part::grace})},
    {7, "transfer", "quorum of a restriction and the new owner",
     "names this chip; no charter waits",
     order_at_once | set_of({Part::own_stream, Part::fleet_stream, Part::charter, Part::policy,
                             Part::request, Part::clock})},
    {8, "amend", "quorum of the charter that holds, the owner in it",
     "the next revision of the same fleet; no charter waits",
     order_at_once | set_of({Part::fleet_stream, Part::charter, Part::clock})},
    {9, "release", "quorum of a relief; a log's proof may follow later", "names this chip",
     set_of({Part::own_stream, Part::life, Part::charter, Part::request, Part::announced,
             Part::suspension, Part::appeals, Part::checkpoint, Part::grace})},
}};

/// Each number once and in sequence, so that no message type is without its entry.
template <std::size_t N>
consteval bool complete(const std::array<Door, N>& table) {
  for (std::size_t i = 0; i < N; ++i)
    if (table[i].number != i + 1 || table[i].name.empty()) return false;
  return true;
}

static_assert(complete(message_table));
static_assert(complete(order_table));
static_assert(static_cast<std::uint8_t>(Op::emergency) == op_max, "the last door");
static_assert(static_cast<std::size_t>(Part::permit) + 1 == part_count);
// The table's names, where the numbers could be mistaken.
static_assert(message_table[static_cast<std::size_t>(Op::apply) - 1].name == "apply");
static_assert(message_table[static_cast<std::size_t>(Op::range_receipt) - 1].name ==
              "range_receipt");

bool same(const Licence& a, const Licence& b) {
  return a.held == b.held && a.leaf.id == b.leaf.id && a.leaf.not_after == b.leaf.not_after;
}

bool same(const Pending& a, const Pending& b) {
  return a.what.order == b.what.order && a.what.binds_at == b.what.binds_at &&
         a.what.until == b.what.until;
}

bool same(const Appealed& a, const Appealed& b) {
  return a.appeal == b.appeal && a.confirmed == b.confirmed && a.until == b.until;
}

template <class List>
bool same_list(const List& a, const List& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) { return same(x, y); });
}

bool same_suspension(const State& a, const State& b) {
  return a.suspension.active == b.suspension.active && a.suspension.order == b.suspension.order &&
         a.suspension.until == b.suspension.until && a.served_count == b.served_count;
}

bool same_charters(const State& a, const State& b) {
  return equal(a.charter, b.charter) && equal(a.other, b.other) && a.other_role == b.other_role;
}

bool same_licences(const State& a, const State& b) {
  return same(a.current, b.current) && same(a.next, b.next) && a.last_leaf == b.last_leaf &&
         a.licence_chain == b.licence_chain;
}

std::string listed(PartSet parts) {
  std::string out;
  for (std::size_t i = 0; i < part_count; ++i) {
    if ((parts >> i & 1U) == 0) continue;
    out += (out.empty() ? "" : ", ") + std::string(part_names[i]);
  }
  return out.empty() ? "nothing" : out;
}

std::string row(const Door& door) {
  const PartSet all = (PartSet{1} << part_count) - 1;
  const bool apart = door.name == "apply";
  const std::string never = apart ? "what its kind does not name" : listed(all & ~door.changes);
  const std::string changes = apart ? "by kind, see below" : listed(door.changes);
  return fmt::format("| {} `{}` | {} | {} | {} | {} |\n", door.number, door.name, door.who,
                     door.needs, changes, door.changes == 0 && !apart ? "anything" : never);
}

constexpr std::string_view head = R"(# Every door of the chip

Printed by `explore --command-list` from `src/daymark/governor/doors.cc`. A test fails where both
differ, and the exploration of the core ([exploration.md](exploration.md)) fails where a message was
seen to change what its row doesn't name.

Whoever holds the channel may send anything. What a message takes to be obeyed is in it, and proven
there. A message that is refused changes nothing but the record of refusals. **No message changes**
the chip's key, the maker's key, the digest of the running image, the level, the peak, or the save
counter other than upwards; there is none that reads a key or sets a clock. Before each message the
chip looks at its own tick, and what is due by then happens whatever the message says.

)";

/// Of a chip that runs as firmware; they change no part of the governor's state.
struct ImageDoorRow {
  std::string_view name;
  std::string_view needs;
  std::string_view changes;
  std::string_view never;
};

constexpr std::array<ImageDoorRow, 2> image_doors{{
    {"21 `image_piece`",
     "a proven `firmware` order has bound whose image does not run; pieces come in sequence",
     "the slot of the flash that does not run", "anything else; which image starts"},
    {"22 `image_statement`", "a nonce of 8 to 64 bytes", "nothing", "anything"},
}};

constexpr std::string_view image_head = R"(
## Messages to the image

Of a chip that runs as firmware; a governor on a host refuses both. They change nothing of what is
named above.

)";

constexpr std::string_view image_foot = R"(
Which image starts: the maker's, until the running image has sealed that such an order has bound,
and the image it names lies in a slot; then that one, three times at most until it has answered,
and none before it ever again ([firmware.md](firmware.md#the-first-stage)).
)";

constexpr std::string_view columns =
    "takes the word of | is refused unless | can change | can never change |\n"
    "| --- | --- | --- | --- | --- |\n";

}  // namespace

std::span<const Door> message_doors() {
  return message_table;
}

std::span<const Door> order_doors() {
  return order_table;
}

std::string_view name_of(Part part) {
  return part_names[static_cast<std::size_t>(part)];
}

PartSet changed_parts(const State& a, const State& b) {
  PartSet out = 0;
  const auto note = [&](Part part, bool unchanged) {
    if (!unchanged) out |= set_of({part});
  };
  note(Part::nonce, a.nonce_drawn == b.nonce_drawn && a.enrol_nonce == b.enrol_nonce);
  note(Part::life, a.life == b.life);
  note(Part::charter, same_charters(a, b));
  note(Part::own_stream, a.own == b.own);
  note(Part::fleet_stream, a.fleet == b.fleet);
  note(Part::checkpoint, a.checkpoint.size == b.checkpoint.size);
  note(Part::licence, same_licences(a, b));
  note(Part::used, a.current.used == b.current.used);
  note(Part::denial, a.denial.id == b.denial.id);
  note(Part::request, a.request_held == b.request_held && a.request == b.request);
  note(Part::announced, same_list(a.pending_list(), b.pending_list()));
  note(Part::suspension, same_suspension(a, b));
  note(Part::appeals, same_list(a.appealed_list(), b.appealed_list()));
  note(Part::policy,
       a.policy.bound == b.policy.bound && a.policy.program_root == b.policy.program_root);
  note(Part::firmware,
       a.firmware.version == b.firmware.version && a.firmware.image == b.firmware.image);
  note(Part::grace, a.grace_left == b.grace_left && a.lapsed_since == b.lapsed_since);
  note(Part::emergency,
       a.emergency.granted == b.emergency.granted && a.emergency.newest == b.emergency.newest);
  note(Part::ledger, a.ledger.head().size == b.ledger.head().size && a.usage_end == b.usage_end);
  note(Part::refusals, a.refusal_total == b.refusal_total);
  return out;
}

std::string print_doors() {
  std::string out{head};
  out += "## Messages\n\n| message | " + std::string(columns);
  for (const Door& door : message_table)
    out += row(door);
  out += "\n## Orders inside `apply`\n\n";
  out += "Parties and quorums are those of the charter that the order names.\n\n| order | ";
  out += columns;
  for (const Door& door : order_table)
    out += row(door);
  out +=
      "\n`clock`, `session` and `permit` are lost with power; all else is saved before the answer, "
      "but for `refusals`, which are saved\nwith the next change.\n";
  out += std::string(image_head) + "| message | " + std::string(columns);
  for (const ImageDoorRow& door : image_doors)
    out += fmt::format("| {} | anybody | {} | {} | {} |\n", door.name, door.needs, door.changes,
                       door.never);
  out += image_foot;
  return out;
}

}  // namespace daymark::governor
