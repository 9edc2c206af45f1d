#include "daymark/tlog/conformance.h"

#include <algorithm>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "daymark/base/encode.h"
#include "daymark/base/errors.h"
#include "daymark/crypto/ports.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/merkle.h"

namespace daymark::tlog {

namespace {

using Json = nlohmann::json;

/// A leaf or node of another length than 32 bytes can't be given to our verifiers: refused here.
Result<Digest> digest_of(const Json& text) {
  DAYMARK_TRY(const std::vector<Byte> bytes, from_base64(text.get<std::string>()));
  if (bytes.size() != sizeof(Digest)) return fail(errc::tlog_root, field::root);
  return array_of<sizeof(Digest)>(bytes);
}

/// Some vectors hold words for roots that are only compared; a digest that equals nothing else
/// stands in for each.
Result<Digest> root_of(const Json& text) {
  DAYMARK_TRY(const std::vector<Byte> bytes, from_base64(text.get<std::string>()));
  if (bytes.size() == sizeof(Digest)) return array_of<sizeof(Digest)>(bytes);
  return crypto::tagged_hash("merkle vector", bytes);
}

Result<std::vector<Digest>> path_of(const Json& proof) {
  std::vector<Digest> out;
  if (proof.is_null()) return out;
  for (const Json& node : proof) {
    DAYMARK_TRY(out.emplace_back(), digest_of(node));
  }
  return out;
}

std::uint64_t number(const Json& vector, const char* name) {
  return vector.at(name).get<std::uint64_t>();
}

Result<void> run_inclusion(const Json& vector) {
  DAYMARK_TRY(const Digest leaf, digest_of(vector.at("leafHash")));
  DAYMARK_TRY(const Digest root, root_of(vector.at("root")));
  DAYMARK_TRY(const std::vector<Digest> path, path_of(vector.at("proof")));
  const LeafIndex index{number(vector, "leafIdx")};
  return verify_inclusion(leaf, index, {number(vector, "treeSize")}, path, root);
}

Result<void> run_consistency(const Json& vector) {
  DAYMARK_TRY(const Digest older, root_of(vector.at("root1")));
  DAYMARK_TRY(const Digest newer, root_of(vector.at("root2")));
  DAYMARK_TRY(const std::vector<Digest> path, path_of(vector.at("proof")));
  return verify_consistency({{number(vector, "size1")}, older}, {{number(vector, "size2")}, newer},
                            path);
}

Result<void> run_subtree_inclusion(const Json& vector) {
  DAYMARK_TRY(const Digest leaf, digest_of(vector.at("leafHash")));
  DAYMARK_TRY(const Digest root, root_of(vector.at("root")));
  DAYMARK_TRY(const std::vector<Digest> path, path_of(vector.at("proof")));
  const Subtree subtree{number(vector, "start"), number(vector, "end")};
  return verify_subtree_inclusion(leaf, {number(vector, "leafIdx")}, subtree, path, root);
}

Result<void> run_subtree_consistency(const Json& vector) {
  const Subtree subtree{number(vector, "start"), number(vector, "end")};
  DAYMARK_TRY(const Digest part, root_of(vector.at("root1")));
  DAYMARK_TRY(const Digest root, root_of(vector.at("root2")));
  DAYMARK_TRY(const std::vector<Digest> path, path_of(vector.at("proof")));
  return verify_subtree_consistency(subtree, part, {{number(vector, "size")}, root}, path);
}

Result<void> run_one(std::string_view kind, const Json& vector) {
  if (kind == "inclusion") return run_inclusion(vector);
  if (kind == "consistency") return run_consistency(vector);
  if (kind == "subtreeinclusion") return run_subtree_inclusion(vector);
  if (kind == "subtreeconsistency") return run_subtree_consistency(vector);
  return fail(errc::json_malformed, field::text);
}

Result<void> judge(std::string_view line, ConformanceCount& count) {
  try {
    const Json vector = Json::parse(line);
    const auto name = vector.at("file").get<std::string>();
    const bool must_fail = vector.at("wantErr").get<bool>();
    const Result<void> done = run_one(name.substr(0, name.find('/')), vector);
    if (!done && done.error().code == errc::json_malformed) return fail(done.error());
    count.add(must_fail == !done, name + (must_fail ? ": accepted" : ": refused"));
    return ok();
  } catch (const Json::exception&) {
    return fail(errc::json_malformed, field::text);
  }
}

}  // namespace

Result<ConformanceCount> run_merkle_conformance(std::string_view jsonl) {
  ConformanceCount count;
  std::uint32_t number = 0;
  while (!jsonl.empty()) {
    const std::size_t end = std::min(jsonl.find('\n'), jsonl.size());
    const std::string_view line = jsonl.substr(0, end);
    jsonl.remove_prefix(std::min(end + 1, jsonl.size()));
    ++number;
    if (line.empty()) continue;
    const Result<void> done = judge(line, count);
    if (!done) return fail(done.error().code, field::line, number);
  }
  return count;
}

}  // namespace daymark::tlog
