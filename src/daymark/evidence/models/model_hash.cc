// Hashing of a model's files, many at once.
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <numeric>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/models/model_open_internal.h"
#include "daymark/evidence/pki/openssl_internal.h"

namespace daymark::evidence {

namespace {

constexpr std::size_t read_size = 1UL << 20;
constexpr std::size_t cache_size_max = 512UL << 20;
constexpr std::string_view cache_head = "daymark-model-digests v1";
constexpr std::chrono::milliseconds tick{100};
constexpr std::chrono::seconds save_every{10};

std::string cache_key(const ModelFile& file) {
  return fmt::format("{} {} {} {} {}", file.size, file.modified_ns, file.changed_ns, file.inode,
                     file.name);
}

/// Digests of files that were hashed before, by their key.
class DigestCache {
 public:
  explicit DigestCache(std::string path) : path_(std::move(path)) {
    const auto text = path_.empty() ? Outcome<std::string>{} : read_text(path_, cache_size_max);
    // A cache that is missing or damaged costs time, nothing else.
    if (text) read(*text);
  }

  [[nodiscard]] const Digest* find(const ModelFile& file) const {
    const auto found = digests_.find(cache_key(file));
    return found == digests_.end() ? nullptr : &found->second;
  }

  void add(const ModelFile& file, const Digest& digest) {
    if (!path_.empty()) digests_[cache_key(file)] = digest;
  }

  [[nodiscard]] Outcome<void> save() const {
    if (path_.empty()) return {};
    std::string text(cache_head);
    text += '\n';
    for (const auto& [key, digest] : digests_)
      text += fmt::format("{} {}\n", to_hex(digest), key);
    return write_text(path_, text);
  }

 private:
  void read(std::string_view text) {
    constexpr std::size_t digest_size = 2 * sizeof(Digest);
    bool head = true;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (head && line != cache_head) return;
      if (!head && line.size() > digest_size + 1) {
        const auto digest = from_hex_fixed<sizeof(Digest)>(line.substr(0, digest_size));
        if (digest) digests_[std::string(line.substr(digest_size + 1))] = *digest;
      }
      head = false;
    }
  }

  std::string path_;
  std::map<std::string, Digest> digests_;
};

/// One run over the files: workers take the next one, the largest first.
class HashRun {
 public:
  HashRun(const std::string& folder, std::span<const ModelFile> files, const HashOptions& options)
      : folder_(folder),
        files_(files),
        options_(options),
        cache_(options.cache),
        digests_(files.size()) {}

  Outcome<std::vector<Digest>> run() {
    take_known();
    std::vector<std::thread> workers;
    const std::size_t count = worker_count();
    workers.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
      workers.emplace_back([this] { work(); });
    watch(count);
    for (std::thread& worker : workers)
      worker.join();
    DAYMARK_CHECK(cache_.save());
    if (failure_) return std::unexpected(*failure_);
    return std::move(digests_);
  }

 private:
  [[nodiscard]] std::size_t worker_count() const {
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t wanted = options_.threads == 0 ? cores : options_.threads;
    return std::min(wanted, queue_.size());
  }

  /// Files whose digest is known from an earlier run need no work.
  void take_known() {
    for (std::size_t i = 0; i < files_.size(); ++i) {
      total_ += files_[i].size;
      const Digest* const known = cache_.find(files_[i]);
      if (known == nullptr) {
        queue_.push_back(i);
        continue;
      }
      digests_[i] = *known;
      done_ += files_[i].size;
    }
    std::ranges::sort(queue_, std::greater{}, [this](std::size_t i) { return files_[i].size; });
  }

  void work() {
    std::vector<Byte> buffer(read_size);
    while (!stopped_) {
      const std::size_t turn = next_++;
      if (turn >= queue_.size()) break;
      const std::size_t i = queue_[turn];
      auto digest = hash_file(files_[i], buffer);
      const std::lock_guard lock(mutex_);
      if (digest) {
        digests_[i] = *digest;
        cache_.add(files_[i], *digest);
      } else if (!failure_) {
        failure_ = std::move(digest).error();
        stopped_ = true;
      }
    }
    const std::lock_guard lock(mutex_);
    ++finished_;
    changed_.notify_one();
  }

  /// Shows progress and saves the cache until all workers are through.
  void watch(std::size_t workers) {
    auto saved = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    while (finished_ < workers) {
      changed_.wait_for(lock, tick);
      if (options_.progress) options_.progress(done_, total_);
      if (std::chrono::steady_clock::now() - saved < save_every) continue;
      saved = std::chrono::steady_clock::now();
      // What can't be saved now is told at the end.
      (void)cache_.save();
    }
  }

  Outcome<Digest> hash_file(const ModelFile& file, MutableBytes buffer) {
    DAYMARK_TRY(const Descriptor descriptor, open_beneath(folder_, file.name));
    DAYMARK_CHECK(check_same(descriptor, file));
    const DigestContextOwner context(EVP_MD_CTX_new());
    Digest out{};
    if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) {
      return refuse(errc::internal, file.name);
    }
    std::uint64_t read = 0;
    while (!stopped_) {
      const ssize_t size = ::read(descriptor.get(), buffer.data(), buffer.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) return refuse(errc::file_not_read, file.name);
      if (size == 0) break;
      EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(size));
      read += static_cast<std::uint64_t>(size);
      done_ += static_cast<std::uint64_t>(size);
    }
    if (read != file.size && !stopped_) return refuse(errc::model_changed, file.name);
    DAYMARK_CHECK(check_same(descriptor, file));
    EVP_DigestFinal_ex(context.get(), out.data(), nullptr);
    return out;
  }

  static Outcome<void> check_same(const Descriptor& descriptor, const ModelFile& file) {
    struct stat status{};
    if (::fstat(descriptor.get(), &status) != 0) return refuse(errc::file_not_read, file.name);
    if (!S_ISREG(status.st_mode)) return refuse(errc::model_symlink, file.name);
    const bool same = model_file_of(status, file.name) == file;
    return same ? Outcome<void>{} : refuse(errc::model_changed, file.name);
  }

  const std::string& folder_;
  std::span<const ModelFile> files_;
  const HashOptions& options_;
  DigestCache cache_;
  std::vector<Digest> digests_;
  std::vector<std::size_t> queue_;
  std::uint64_t total_ = 0;
  std::atomic<std::uint64_t> done_ = 0;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t finished_ = 0;
  std::optional<Failure> failure_;
};

}  // namespace

Outcome<Descriptor> open_beneath(const std::string& folder, const std::string& name) {
  constexpr int plain = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  const auto refused = [&name] {
    const bool link = errno == ELOOP || errno == ENOTDIR;
    return refuse(link ? errc::model_symlink : errc::model_missing, name);
  };
  if (name == ".") {
    Descriptor file(::open(folder.c_str(), plain));
    if (!file.is_open()) return refused();
    return file;
  }
  // Whoever names the model may name it by a link; below it there are none.
  Descriptor at(::open(folder.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY));
  std::string_view rest = name;
  while (at.is_open()) {
    const std::size_t slash = rest.find('/');
    const std::string part(rest.substr(0, slash));
    const bool last = slash == std::string_view::npos;
    at = Descriptor(::openat(at.get(), part.c_str(), last ? plain : plain | O_DIRECTORY));
    if (at.is_open() && last) return at;
    if (!last) rest.remove_prefix(slash + 1);
  }
  return refused();
}

Outcome<std::vector<Digest>> hash_model(const std::string& folder, std::span<const ModelFile> files,
                                        const HashOptions& options) {
  return HashRun(folder, files, options).run();
}

}  // namespace daymark::evidence
