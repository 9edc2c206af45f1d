#include "daymark/gate/program.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include "daymark/gate/errors.h"
#include "daymark/governor/errors.h"
#include "daymark/tlog/tree.h"

namespace daymark::gate {

namespace {

struct DigestFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

/// SHA-256 of everything behind the descriptor, streamed: programs are large.
Outcome<Digest> hash_file(int fd, const std::string& path) {
  const std::unique_ptr<EVP_MD_CTX, DigestFree> context(EVP_MD_CTX_new());
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  std::array<Byte, 65'536> chunk{};
  off_t at = 0;
  while (true) {
    const ssize_t got = ::pread(fd, chunk.data(), chunk.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return refuse(errc::gate_program_not_found, path, std::generic_category().message(errno));
    }
    if (got == 0) break;
    EVP_DigestUpdate(context.get(), chunk.data(), static_cast<std::size_t>(got));
    at += got;
  }
  Digest out{};
  EVP_DigestFinal_ex(context.get(), out.data(), nullptr);
  return out;
}

/// The folders of PATH joined with the command; the command alone where it names a folder.
std::vector<std::string> candidates(const std::string& command) {
  if (command.find('/') != std::string::npos) return {command};
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): before any thread
  std::vector<std::string> out;
  std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    out.push_back(std::string(rest.substr(0, end)) + "/" + command);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

tlog::Tree tree_of(const order::ProgramList& list) {
  tlog::Tree tree(tlog::program_tree);
  for (std::size_t i = 0; i < list.count; ++i)
    tree.append(list.encoded[i]);
  return tree;
}

}  // namespace

Outcome<OpenedProgram> open_program(const std::string& command) {
  for (const std::string& path : candidates(command)) {
    if (::access(path.c_str(), X_OK) != 0) continue;
    net::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) continue;
    DAYMARK_TRY(const Digest digest, hash_file(file.get(), path));
    return OpenedProgram{path, std::move(file), digest};
  }
  return refuse(errc::gate_program_not_found, command);
}

Result<ApprovedPrograms> ApprovedPrograms::parse(std::vector<Byte> encoded) {
  ApprovedPrograms out(std::move(encoded));
  DAYMARK_TRY(const order::ProgramList list, order::parse_programs(out.encoded_));
  out.root_ = order::program_root(list);
  return out;
}

Result<ApprovedPrograms::Place> ApprovedPrograms::place_of(const Digest& digest,
                                                           std::string_view name) const {
  DAYMARK_TRY(const order::ProgramList list, order::parse_programs(encoded_));
  const tlog::Tree tree = tree_of(list);
  bool same_name = false;
  for (std::size_t i = 0; i < list.count; ++i) {
    same_name = same_name || list.entries[i].name == name;
    if (list.entries[i].digest != digest) continue;
    DAYMARK_TRY(const std::vector<Digest> path, tree.inclusion_path({i}, tree.size()));
    Place out{std::string(list.entries[i].name), {i}, tree.size(), {}};
    for (const Digest& node : path)
      out.path.insert(out.path.end(), node.begin(), node.end());
    return out;
  }
  return fail(same_name ? errc::gate_program_changed : errc::gate_program_unlisted, field::program);
}

}  // namespace daymark::gate
