#include "daymark/agent/outbox.h"

#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"

namespace daymark::agent {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".receipt";
/// Far above any receipt: what is larger is nothing that an agent wrote.
constexpr std::size_t receipt_size_max = 8192;

std::string name_of(std::uint64_t number) {
  return fmt::format("{:012}{}", number, suffix);
}

/// The number in a name that name_of gives; none for any other name.
std::optional<std::uint64_t> number_of(const std::string& name) {
  std::uint64_t number = 0;
  std::from_chars(name.data(), name.data() + name.size(), number);
  return number != 0 && name == name_of(number) ? std::optional(number) : std::nullopt;
}

Outcome<std::vector<std::uint64_t>> numbers_in(const std::string& folder) {
  std::vector<std::uint64_t> out;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    if (const auto number = number_of(at->path().filename())) out.push_back(*number);
  }
  if (failed) return refuse(errc::file_not_opened, folder);
  return out;
}

}  // namespace

Outcome<Outbox> Outbox::open(std::string folder) {
  DAYMARK_CHECK(make_folder(folder));
  Outbox out;
  out.folder_ = std::move(folder);
  DAYMARK_TRY(const std::vector<std::uint64_t> numbers, numbers_in(out.folder_));
  for (const std::uint64_t number : numbers) {
    DAYMARK_TRY(out.waiting_[number], read_file(out.path_of(number), receipt_size_max));
  }
  if (!out.waiting_.empty()) out.next_ = out.waiting_.rbegin()->first + 1;
  return out;
}

Outcome<void> Outbox::add(std::vector<Byte> receipt) {
  const std::uint64_t number = next_++;
  const auto at = waiting_.emplace(number, std::move(receipt)).first;
  if (folder_.empty()) return {};
  return write_file(path_of(number), at->second);
}

Outcome<void> Outbox::send(const Post& post) {
  std::optional<Failure> missing;
  std::erase_if(waiting_, [&](const auto& entry) {
    Outcome<void> done = post(entry.second);
    const bool taken = done.has_value();
    if (taken) done = forget(entry.first);
    if (!done) missing = std::move(done).error();
    return taken;
  });
  return missing ? std::unexpected(*missing) : Outcome<void>{};
}

std::string Outbox::path_of(std::uint64_t number) const {
  return (fs::path(folder_) / name_of(number)).string();
}

Outcome<void> Outbox::forget(std::uint64_t number) const {
  if (folder_.empty()) return {};
  std::error_code failed;
  fs::remove(path_of(number), failed);
  if (failed) return refuse(errc::file_not_written, path_of(number));
  return {};
}

}  // namespace daymark::agent
