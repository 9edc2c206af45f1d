#include "daymark/tlog/witness_store.h"

#include "daymark/base/encode.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/text_internal.h"

namespace daymark::tlog {

namespace {

std::string name_of(const std::string& origin) {
  return to_hex(crypto::sha256(bytes_of(origin))) + ".head";
}

}  // namespace

Outcome<FileWitnessStore> FileWitnessStore::open(const std::string& folder) {
  DAYMARK_TRY(FolderLock lock, FolderLock::take(folder));
  return FileWitnessStore(folder, std::move(lock));
}

Outcome<std::optional<TreeHead>> FileWitnessStore::latest(const std::string& origin) {
  const std::string name = name_of(origin);
  if (!disk_.exists(name)) return std::nullopt;
  DAYMARK_TRY(const std::vector<Byte> content, disk_.read(name));
  DAYMARK_TRY(const TreeHead head, about(parse_witness_record(text_of(content), origin), name));
  return head;
}

Outcome<void> FileWitnessStore::record(const std::string& origin, const TreeHead& head) {
  return disk_.write(name_of(origin), bytes_of(checkpoint_body(origin, head)));
}

Result<TreeHead> parse_witness_record(std::string_view text, std::string_view origin) {
  std::string_view rest = text;
  const auto name = cut_line(rest);
  const auto size = cut_line(rest);
  const auto root = cut_line(rest);
  if (!name || *name != origin) return fail(errc::witness_record, field::origin);
  const auto leaves = size ? parse_decimal(*size) : std::nullopt;
  const auto digest = root && rest.empty() ? parse_digest(*root) : std::nullopt;
  if (!leaves || !digest) return fail(errc::witness_record, field::tree_size);
  return TreeHead{{*leaves}, *digest};
}

}  // namespace daymark::tlog
