#include "daymark/order/order_testing.h"

#include <cstdlib>

#include <fmt/format.h>

#include "daymark/base/error_table.h"
#include "daymark/tlog/policy.h"

namespace daymark::order::testing {

namespace {

/// What a fixture needs must work; the test that uses it can't go on otherwise.
template <class T>
T must(Result<T> result, const char* what) {
  if (!result) {
    fmt::print(stderr, "fixture: {}: {}\n", what, describe(Failure(result.error())));
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

constexpr std::string_view any_two =
    "group regulators any regulator-a regulator-b\ngroup both all owner regulators\nquorum both";
constexpr std::string_view regulator_or_owner =
    "group some any owner regulator-a regulator-b\nquorum some";
constexpr std::string_view stop = "group two 2 owner maker regulator-a regulator-b\nquorum two";

Bounds fair_bounds() {
  return {.notice = hours(72),
          .grace = hours(24),
          .suspension_longest = days(14),
          .suspension_budget = days(30),
          .appeal = days(7),
          .licence_longest = days(7),
          .renewal = days(4),
          .time_age = hours(48),
          .fence_age = hours(48),
          .tick_drift_ppm = 200};
}

}  // namespace

World::World(std::uint64_t seed) : random_(seed) {
  source_.fleet.bytes = random_.draw<FleetId::size>();
  source_.name = "Test fleet";
  source_.revision = 1;
  add_party("owner", Role::owner);
  add_party("maker", Role::maker);
  add_party("regulator-a", Role::regulator);
  add_party("regulator-b", Role::regulator);
  add_party("authority", Role::authority);
  add_quorums();
  add_log_policies();
  add_beacons();
  source_.faults = 1;
  source_.bounds = fair_bounds();
  source_.silence = {OnSilence::lapse, days(30), world_start + days(1000)};
  source_.emergency_chip_hours = 8;
  set_charter(source_);
}

void World::add_party(const std::string& name, Role role) {
  auto holder = std::make_unique<Holder>();
  holder->key = crypto::generate_keys(name, random_);
  holder->spare = crypto::generate_keys(name + ".spare", random_);
  const crypto::PublicKeys key = crypto::public_keys(holder->key);
  const crypto::PublicKeys spare = crypto::public_keys(holder->spare);
  source_.parties[source_.party_count++] = {.name = keep(name),
                                            .role = role,
                                            .key = key.sign,
                                            .spare = spare.sign,
                                            .seal = key.seal,
                                            .reads = all_kinds};
  holders_[name] = std::move(holder);
}

void World::add_quorums() {
  const auto set = [&](OrderKind kind, std::string_view text) {
    source_.quorums[static_cast<std::size_t>(kind)] = text;
  };
  set(OrderKind::enrol, "group both all owner authority\nquorum both");
  set(OrderKind::license, "group issue any authority regulator-a\nquorum issue");
  set(OrderKind::policy, any_two);
  set(OrderKind::firmware, "group both all owner maker\nquorum both");
  set(OrderKind::suspend, stop);
  set(OrderKind::resume, regulator_or_owner);
  set(OrderKind::transfer, any_two);
  set(OrderKind::amend, any_two);
  set(OrderKind::release, regulator_or_owner);
}

void World::add_log_policies() {
  const auto signer = [&](const std::string& name) {
    return tlog::NoteSigner{name, {random_.draw<32>()}};
  };
  log_signer_ = signer(std::string(log_origin));
  std::string text = fmt::format("log {}\n", tlog::format_vkey(log_signer_, tlog::type_ed25519));
  for (int i = 0; i < 3; ++i) {
    witnesses_.push_back(signer(fmt::format("witness-{}.example", i)));
    text += fmt::format("witness witness-{} {}\n", i,
                        tlog::format_vkey(witnesses_.back(), tlog::type_cosignature));
  }
  text += "group two 2 witness-0 witness-1 witness-2\nquorum two";
  source_.log_policy = keep(text);
  text.clear();
  for (int i = 0; i < 2; ++i) {
    mirrors_.push_back(signer(fmt::format("mirror-{}.example", i)));
    text += fmt::format("witness mirror-{} {}\n", i,
                        tlog::format_vkey(mirrors_.back(), tlog::type_cosignature));
  }
  text += "group one any mirror-0 mirror-1\nquorum one";
  source_.mirror_policy = keep(text);
}

void World::add_beacons() {
  constexpr std::array<PlaceE7, 3> places = {
      {{501'109'000, 86'821'000}, {488'566'000, 23'522'000}, {523'676'000, 49'041'000}}};
  for (std::size_t i = 0; i < places.size(); ++i) {
    beacon_keys_.push_back({random_.draw<32>()});
    source_.beacons[source_.beacon_count++] = {
        keep(fmt::format("beacon-{}", i)), keep(fmt::format("op-{}", i)),
        crypto::ed25519_public(beacon_keys_.back()), places[i]};
  }
}

void World::set_charter(const Charter& source) {
  source_ = source;
  encoded_ = encoded(source_);
  charter_ = must(parse_charter(encoded_), "parse_charter");
}

std::string_view World::keep(std::string text) {
  kept_.push_back(std::make_unique<std::string>(std::move(text)));
  return *kept_.back();
}

Chip World::chip(std::uint64_t i) {
  crypto::SeededRandom random(0xC419'0000 + i);
  Chip out;
  out.secret = {random.draw<32>()};
  out.key = crypto::ed25519_public(out.secret);
  out.id = crypto::chip_id(out.key);
  return out;
}

OrderFile World::draft(OrderKind kind, const std::vector<Byte>& content, UnixMillis until) {
  DraftRequest request;
  request.kind = kind;
  request.times = {now, now + days(1), {0}, until};
  request.content = content;
  request.fleet_head = fleet_head_;
  request.batch_number = batches_ + (kind == OrderKind::license ? 1 : 0);
  batches_ = request.batch_number;
  return must(draft_order(request, charter_, random_), "draft_order");
}

OrderFile World::suspend_fleet(Millis length) {
  ScopeContent scope;
  scope.reason = "test of a fleet-wide stop";
  return draft(OrderKind::suspend, write_scope(scope), now + charter_.bounds.notice + length);
}

OrderFile World::suspend_chip(const Target& target, Millis length) {
  ScopeContent scope;
  scope.targets[scope.target_count++] = target;
  scope.reason = "test of a stop";
  return draft(OrderKind::suspend, write_scope(scope), now + charter_.bounds.notice + length);
}

OrderFile World::scope_order(OrderKind kind, const std::vector<Target>& targets) {
  ScopeContent scope;
  for (const Target& target : targets)
    scope.targets.at(scope.target_count++) = target;
  scope.reason = "test";
  const bool ends = kind == OrderKind::suspend;
  return draft(kind, write_scope(scope),
               ends ? now + charter_.bounds.notice + days(7) : UnixMillis{0});
}

OrderFile World::confirm(const std::vector<Target>& targets, const Digest& appeal) {
  ScopeContent scope;
  for (const Target& target : targets)
    scope.targets.at(scope.target_count++) = target;
  scope.reason = "the review stands";
  scope.appeal = appeal;
  return draft(OrderKind::suspend, write_scope(scope));
}

OrderFile World::policy(const std::vector<Program>& programs) {
  return draft(OrderKind::policy, write_policy({programs, 1, hours(24)}));
}

OrderFile World::firmware(const Digest& image, std::uint64_t version) {
  FirmwareContent content;
  content.image = image;
  content.version = version;
  content.commit = "0123456789abcdef0123456789abcdef01234567";
  const auto maker = make_build_attestation(content, party("maker").key.sign);
  const auto regulator = make_build_attestation(content, party("regulator-a").key.sign);
  content.attestations = {maker, regulator};
  return draft(OrderKind::firmware, write_firmware(content));
}

OrderFile World::enrol(const Chip& chip, const Digest& nonce) {
  EnrolContent content;
  content.chip = chip.key;
  content.owner = crypto::ed25519_public(party("owner").key.sign);
  content.nonce = nonce;
  const auto voucher =
      make_voucher({chip.key, content.owner, "test", "0001"}, party("maker").key.sign);
  const auto consent = make_consent({chip.key, charter_.hash, nonce}, party("owner").key.sign);
  const auto answer = make_answer(nonce, charter_.hash, chip.secret);
  content.voucher = voucher;
  content.consent = consent;
  content.answer = answer;
  return draft(OrderKind::enrol, write_enrol(content));
}

OrderFile World::amend(const Charter& next) {
  return draft(OrderKind::amend, encoded(next));
}

Charter World::successor() const {
  Charter next = source_;
  ++next.revision;
  return next;
}

Charter World::other_fleet() const {
  Charter next = source_;
  next.fleet.bytes.front() ^= 1;
  next.name = "Other fleet";
  next.revision = 1;
  for (Party& party : std::span(next.parties).first(next.party_count)) {
    if (party.role == Role::owner) party.role = Role::maker;
    if (party.name == "authority") party.role = Role::owner;
  }
  return next;
}

OrderFile World::transfer(const Target& target, const Chip& chip, const Charter& next) {
  const std::vector<Byte> charter = encoded(next);
  const auto consent =
      make_consent({chip.key, crypto::sha256(charter), target.prev}, party("authority").key.sign);
  return draft(OrderKind::transfer, write_transfer({target, next.fleet, charter, consent}));
}

OrderFile World::batch(std::span<const std::vector<Byte>> leaves,
                       std::vector<LeafDelivery>& deliveries) {
  tlog::Tree tree(tlog::batch_tree);
  for (const std::vector<Byte>& leaf : leaves)
    tree.append(leaf);
  deliveries.clear();
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    auto path = must(tree.inclusion_path({i}, tree.size()), "inclusion_path");
    deliveries.push_back({leaves[i], i, std::move(path)});
  }
  return draft(OrderKind::license, write_batch({tree.head().root, leaves.size()}));
}

void World::sign(OrderFile& file, std::initializer_list<std::string> names) const {
  constexpr std::string_view spare = ".spare";
  for (const std::string& name : names) {
    const bool by_spare = name.ends_with(spare);
    const Holder& holder = party(by_spare ? name.substr(0, name.size() - spare.size()) : name);
    must(sign_order(file, charter_, by_spare ? holder.spare : holder.key), "sign_order");
  }
}

std::string World::checkpoint(const Cosigning& how) const {
  const std::string body = tlog::checkpoint_body(log_origin, log_.head());
  std::string lines = how.log_signs ? tlog::sign_body(log_signer_, body) : std::string();
  for (std::size_t i = 0; i < witnesses_.size(); ++i) {
    if ((how.witnesses >> i & 1U) != 0) lines += tlog::cosign_body(witnesses_[i], body, how.time);
  }
  for (std::size_t i = 0; i < mirrors_.size(); ++i) {
    if ((how.mirrors >> i & 1U) != 0) lines += tlog::cosign_body(mirrors_[i], body, how.time);
  }
  return tlog::make_note(body, lines);
}

std::string World::log_and_prove(ByteView envelope, const Cosigning& how) {
  const LeafIndex index{log_.size().value};
  log_.append(envelope);
  entries_.emplace_back(envelope.begin(), envelope.end());
  const auto path = must(log_.inclusion_path(index, log_.size()), "inclusion_path");
  return tlog::make_proof(index, path, checkpoint(how));
}

Logged World::prove(OrderFile file, std::initializer_list<std::string> names) {
  return prove(std::move(file), names, Cosigning{.time = now});
}

Logged World::prove(OrderFile file, std::initializer_list<std::string> names,
                    const Cosigning& how) {
  sign(file, names);
  Logged out;
  out.envelope = must(envelope_of(file), "envelope_of");
  out.proof = log_and_prove(out.envelope, how);
  out.salt = file.salt;
  out.content = file.content;
  const Order order = must(parse_order(file.payload), "parse_order");
  if (order.stream() == Stream::fleet) fleet_head_ = {order.seq, order.hash};
  return out;
}

LoggedAppeal World::appeal(const Digest& order, const std::string& signer) {
  const std::size_t dot = signer.find('.');
  const Holder& holder = party(signer.substr(0, dot));
  const crypto::KeyPair& key = dot == std::string::npos ? holder.key : holder.spare;
  LoggedAppeal out;
  out.envelope = make_appeal({charter_.fleet, order, now, "the finding is wrong"}, key.sign);
  out.hash = must(read_appeal_entry(out.envelope), "read_appeal_entry").hash;
  out.proof = log_and_prove(out.envelope, now);
  return out;
}

Leaf licence_for(const Chip& chip, const Digest& request, UnixMillis from, Millis length) {
  Leaf leaf;
  leaf.chip = chip.id;
  leaf.id = 1;
  leaf.request = request;
  leaf.not_before = from;
  leaf.not_after = from + length;
  leaf.allowance = TeraOps{1'000'000'000};
  leaf.cluster_max = 64;
  leaf.link_megabytes_per_second = 50'000;
  leaf.job_classes = 1;
  return leaf;
}

std::vector<Byte> encoded(const Leaf& leaf) {
  std::vector<Byte> out(leaf_size_max);
  out.resize(must(write_leaf(leaf, out), "write_leaf").size());
  return out;
}

std::vector<Byte> encoded(const Charter& charter) {
  std::vector<Byte> out(charter_size_max);
  out.resize(must(write_charter(charter, out), "write_charter").size());
  return out;
}

}  // namespace daymark::order::testing
