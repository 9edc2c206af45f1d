#include "daymark/tlog/witness_store.h"

#include <fmt/format.h>

#include "daymark/base/encode.h"
#include "daymark/base/errors.h"
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
  DAYMARK_TRY(FileWitnessStore out, open_on(std::make_unique<FolderDisk>(folder)));
  out.lock_ = std::move(lock);
  return out;
}

Outcome<FileWitnessStore> FileWitnessStore::open_on(std::unique_ptr<LogDisk> disk) {
  // What a killed witness left may be whole and not durable; its like is never cosigned again.
  DAYMARK_CHECK(disk->sync());
  return FileWitnessStore(std::move(disk));
}

Outcome<std::optional<CosignedHead>> FileWitnessStore::latest(const std::string& origin) {
  const std::string name = name_of(origin);
  if (!disk_->exists(name)) return std::nullopt;
  DAYMARK_TRY(const std::vector<Byte> content, disk_->read(name));
  DAYMARK_TRY(const CosignedHead head, about(parse_witness_record(text_of(content), origin), name));
  // A head that is found here is cosigned again without being recorded again.
  if (unsure_.contains(name)) DAYMARK_CHECK(disk_->write(name, content));
  unsure_.erase(name);
  return head;
}

Outcome<void> FileWitnessStore::record(const std::string& origin, const CosignedHead& head) {
  const std::string name = name_of(origin);
  const Outcome<void> written = disk_->write(name, bytes_of(print_witness_record(origin, head)));
  if (!written) unsure_.insert(name);
  return written;
}

std::string print_witness_record(std::string_view origin, const CosignedHead& head) {
  return fmt::format("{}{}\n", checkpoint_body(origin, head.head), head.time.value / 1000);
}

Result<CosignedHead> parse_witness_record(std::string_view text, std::string_view origin) {
  std::string_view rest = text;
  const auto name = cut_line(rest);
  const auto size = cut_line(rest);
  const auto root = cut_line(rest);
  const auto time = cut_line(rest);
  if (!name || *name != origin) return fail(errc::witness_record, field::origin);
  const auto leaves = size ? parse_decimal(*size) : std::nullopt;
  const auto seconds = time ? parse_decimal(*time) : std::nullopt;
  const auto digest = root && rest.empty() ? parse_digest(*root) : std::nullopt;
  if (!leaves || !digest) return fail(errc::witness_record, field::tree_size);
  constexpr std::uint64_t seconds_max = 1ULL << 40;
  if (!seconds || *seconds > seconds_max) return fail(errc::witness_record, field::time);
  return CosignedHead{{{*leaves}, *digest}, {static_cast<std::int64_t>(*seconds) * 1000}};
}

}  // namespace daymark::tlog
