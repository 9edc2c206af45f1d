#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/base/encode.h"
#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/tlog/conformance.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/monitor.h"
#include "daymark/tlog/note_writer.h"
#include "daymark/tlog/tiles.h"
#include "daymark/tlog/tree.h"

namespace daymark::tlog {

namespace {

using LogJson = nlohmann::json;
using Entries = std::vector<std::vector<Byte>>;

/// The folder and what came out so far.
struct Run {
  std::string folder;
  ConformanceCount count;

  [[nodiscard]] std::string path_of(const std::string& name) const { return folder + "/" + name; }

  [[nodiscard]] bool has(const std::string& name) const {
    return std::filesystem::exists(path_of(name));
  }
};

/// The string that `pick` takes out of a JSON file.
template <class Pick>
Outcome<std::string> string_of(const Run& run, const std::string& name, Pick pick) {
  DAYMARK_TRY(const std::string text, read_text(run.path_of(name)));
  try {
    return pick(LogJson::parse(text)).template get<std::string>();
  } catch (const LogJson::exception&) {
    return refuse(errc::json_malformed, run.path_of(name));
  }
}

Outcome<std::string> stated_key(const Run& run, const std::string& name) {
  return string_of(run, "keys.json", [&](const LogJson& json) { return json.at(name); });
}

Outcome<std::string> first_key(const Run& run, const std::string& name) {
  return string_of(run, name, [](const LogJson& json) { return json.at("verifier_keys").at(0); });
}

/// Whether `key` signed the body of a note that may be no checkpoint.
bool is_signed(std::string_view text, const VerifierKey& key) {
  const Result<Note> note = parse_note(text);
  if (!note) return false;
  for (const NoteSignature& line : note->list()) {
    if (line.name != key.name || line.hash != key.hash) continue;
    const auto bytes = from_base64(line.base64);
    constexpr std::size_t size = sizeof(key.hash) + sizeof(crypto::Signature);
    if (!bytes || bytes->size() != size) return false;
    const ByteView signature = ByteView(*bytes).subspan(sizeof(key.hash));
    return crypto::ed25519_verify(key.key, bytes_of(note->body), {array_of<64>(signature)})
        .has_value();
  }
  return false;
}

/// Another last digit of the size: no signature must cover it.
std::string with_another_size(std::string text) {
  const std::size_t end = text.find('\n', text.find('\n') + 1);
  char& digit = text[end - 1];
  digit = digit == '9' ? '8' : '9';
  return text;
}

Outcome<void> run_note(Run& run) {
  DAYMARK_TRY(const std::string vkey, stated_key(run, "c2sp-note-example"));
  DAYMARK_TRY(const VerifierKey key, parse_vkey(vkey));
  DAYMARK_TRY(std::string text, read_text(run.path_of("c2sp-note-example.txt")));
  run.count.add(is_signed(text, key), "c2sp-note-example: refused");
  text[0] = static_cast<char>(text[0] ^ 1);
  run.count.add(!is_signed(text, key), "c2sp-note-example: accepted with another body");
  return {};
}

/// A checkpoint's own checks: signature, size, spelling, and that the signature covers the size.
void judge_signed(Run& run, const std::string& text, const VerifierKey& key, std::uint64_t size) {
  const Result<Checkpoint> parsed = parse_checkpoint(text);
  const bool right =
      parsed && parsed->head.size.value == size && verify_log_signature(*parsed, key).has_value();
  run.count.add(right, fmt::format("checkpoint.{}: refused", size));
  if (!parsed) return;
  run.count.add(checkpoint_body(parsed->origin, parsed->head) == parsed->note.body,
                fmt::format("checkpoint.{}: spelt differently", size));
  const std::string changed = with_another_size(text);
  const Result<Checkpoint> forged = parse_checkpoint(changed);
  run.count.add(!forged || !verify_log_signature(*forged, key),
                fmt::format("checkpoint.{}: accepted with another size", size));
}

/// That the served entries and hashes of one size lead to its head, and are what we would write.
Outcome<void> judge_tiles(Run& run, const TreeHead& head) {
  const auto width = static_cast<unsigned>(head.size.value);
  const std::string name = "tessera-log/" + tile_path({.entries = true, .width = width});
  DAYMARK_TRY(const std::vector<Byte> bundle, read_file(run.path_of(name)));
  DAYMARK_TRY(const std::vector<Byte> tile,
              read_file(run.path_of("tessera-log/" + tile_path({.width = width}))));
  const auto entries = parse_bundle(bundle, width);
  run.count.add(entries.has_value(), name + ": refused");
  if (!entries) return {};
  std::vector<Byte> written;
  std::vector<Byte> hashes;
  Entries copies;
  for (const ByteView entry : *entries) {
    DAYMARK_CHECK(add_to_bundle(written, entry));
    const Digest leaf = hash_leaf(entry);
    hashes.insert(hashes.end(), leaf.begin(), leaf.end());
    copies.emplace_back(entry.begin(), entry.end());
  }
  run.count.add(verify_log_range(copies, head).has_value(), name + ": leads to another root");
  run.count.add(written == bundle, name + ": written differently");
  run.count.add(hashes == tile, fmt::format("tile of {} hashes: differs", width));
  return {};
}

/// Every leaf in every head, and every head after every older one.
void judge_paths(Run& run, const std::vector<TreeHead>& heads, const Entries& entries) {
  Tree tree;
  for (const std::vector<Byte>& entry : entries)
    tree.append(entry);
  for (const TreeHead& head : heads) {
    for (std::uint64_t i = 0; i < head.size.value; ++i) {
      const auto path = tree.inclusion_path({i}, head.size);
      const bool right =
          path && verify_inclusion(tree.full_subtree(0, i), {i}, head.size, *path, head.root);
      run.count.add(right, fmt::format("leaf {} of {}: not included", i, head.size.value));
    }
    for (const TreeHead& older : heads) {
      if (older.size.value == 0 || older.size >= head.size) continue;
      const auto path = tree.consistency_path(older.size, head.size);
      run.count.add(path && verify_consistency(older, head, *path),
                    fmt::format("{} after {}: inconsistent", head.size.value, older.size.value));
    }
  }
}

Outcome<void> run_log(Run& run) {
  DAYMARK_TRY(const std::string vkey, stated_key(run, "tessera-log"));
  DAYMARK_TRY(const VerifierKey key, parse_vkey(vkey));
  std::vector<TreeHead> heads;
  const auto name_of = [](std::size_t size) {
    return fmt::format("tessera-log/checkpoint.{}", size);
  };
  for (std::uint64_t size = 0; size < tile_width && run.has(name_of(size)); ++size) {
    DAYMARK_TRY(const std::string text, read_text(run.path_of(name_of(size))));
    judge_signed(run, text, key, size);
    const Result<Checkpoint> parsed = parse_checkpoint(text);
    if (!parsed) continue;
    heads.push_back(parsed->head);
    if (size != 0 && parsed->head.size.value == size) DAYMARK_CHECK(judge_tiles(run, parsed->head));
  }
  if (heads.empty() || heads.back().size.value == 0) return {};
  const auto width = static_cast<unsigned>(heads.back().size.value);
  DAYMARK_TRY(
      const std::vector<Byte> bundle,
      read_file(run.path_of("tessera-log/" + tile_path({.entries = true, .width = width}))));
  const auto views = parse_bundle(bundle, width);
  if (!views) return {};
  Entries entries;
  for (const ByteView view : *views)
    entries.emplace_back(view.begin(), view.end());
  judge_paths(run, heads, entries);
  return {};
}

/// That `vkey` cosigned the checkpoint, and nothing else.
Outcome<void> judge_cosigned(Run& run, const std::string& name, const std::string& vkey) {
  DAYMARK_TRY(const VerifierKey key, parse_vkey(vkey));
  DAYMARK_TRY(const std::string text, read_text(run.path_of(name)));
  const Result<Checkpoint> parsed = parse_checkpoint(text);
  run.count.add(parsed && verify_cosignature(*parsed, key), name + ": refused");
  const std::string changed = with_another_size(text);
  const Result<Checkpoint> forged = parse_checkpoint(changed);
  run.count.add(!forged || !verify_cosignature(*forged, key),
                name + ": accepted with another size");
  return {};
}

Outcome<void> run_split(Run& run, const std::string& witness) {
  DAYMARK_TRY(const std::string mirror, first_key(run, "split-view/mirror.v0.json"));
  DAYMARK_CHECK(judge_cosigned(run, "split-view/checkpoint-a", witness));
  DAYMARK_CHECK(judge_cosigned(run, "split-view/checkpoint-b", mirror));
  DAYMARK_TRY(const std::string one, read_text(run.path_of("split-view/checkpoint-a")));
  DAYMARK_TRY(const std::string other, read_text(run.path_of("split-view/checkpoint-b")));
  const Result<Checkpoint> a = parse_checkpoint(one);
  const Result<Checkpoint> b = parse_checkpoint(other);
  run.count.add(a && b && !verify_same_view(*a, *b), "split-view: not noticed");
  return {};
}

}  // namespace

Outcome<ConformanceCount> run_tlog_conformance(const std::string& folder) {
  Run run{folder, {}};
  if (run.has("c2sp-note-example.txt")) DAYMARK_CHECK(run_note(run));
  if (run.has("tessera-log")) DAYMARK_CHECK(run_log(run));
  if (run.has("cosigned")) {
    DAYMARK_TRY(const std::string witness, first_key(run, "cosigned/witness.v0.json"));
    DAYMARK_CHECK(judge_cosigned(run, "cosigned/checkpoint", witness));
    if (run.has("split-view")) DAYMARK_CHECK(run_split(run, witness));
  }
  if (run.count.passed + run.count.failed == 0) {
    return refuse(errc::file_not_opened, folder, "no vectors of logs or notes");
  }
  return run.count;
}

}  // namespace daymark::tlog
