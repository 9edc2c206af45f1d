#include "daymark/tlog/log_bench.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"

namespace daymark::tlog {

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

SteadyTime steady_now() {
  return std::chrono::steady_clock::now();
}

double seconds_since(SteadyTime start) {
  return std::chrono::duration<double>(steady_now() - start).count();
}

/// A batch of entries of which no two are alike.
class EntrySource {
 public:
  EntrySource(std::size_t batch, std::size_t entry_bytes)
      : entry_bytes_(entry_bytes), bytes_(batch * entry_bytes, Byte{0x5A}) {
    for (std::size_t i = 0; i < batch; ++i)
      views_.push_back(ByteView(bytes_).subspan(i * entry_bytes, entry_bytes));
  }

  /// The next batch; the views stay the same, what they show does not.
  std::span<const ByteView> next() {
    for (std::size_t i = 0; i < views_.size(); ++i) {
      const auto number = MutableBytes(bytes_).subspan(i * entry_bytes_).first<8>();
      put_big_endian(count_++, number);
    }
    return views_;
  }

  [[nodiscard]] ByteView bytes() const { return bytes_; }

 private:
  std::size_t entry_bytes_;
  std::uint64_t count_ = 0;
  std::vector<Byte> bytes_;
  std::vector<ByteView> views_;
};

/// One preallocated file that grows at its end or is overwritten at its start.
class RawFile {
 public:
  RawFile() = default;
  RawFile(const RawFile&) = delete;
  RawFile& operator=(const RawFile&) = delete;
  RawFile(RawFile&&) = delete;
  RawFile& operator=(RawFile&&) = delete;

  ~RawFile() {
    if (file_ < 0) return;
    ::close(file_);
    ::unlink(path_.c_str());
  }

  Outcome<void> open(const std::string& path, off_t size) {
    path_ = path;
    file_ = ::open(path.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
    if (file_ < 0) return failure();
    // Where the file system can't, the limit is a little lower and the comparison still stands.
    static_cast<void>(::posix_fallocate(file_, 0, size));
    return ::fsync(file_) == 0 ? Outcome<void>{} : failure();
  }

  Outcome<void> put(ByteView content, off_t at) {
    const bool put =
        ::pwrite(file_, content.data(), content.size(), at) == static_cast<ssize_t>(content.size());
    return put && ::fdatasync(file_) == 0 ? Outcome<void>{} : failure();
  }

 private:
  [[nodiscard]] Outcome<void> failure() const {
    return refuse(errc::file_not_written, path_, std::generic_category().message(errno));
  }

  std::string path_;
  int file_ = -1;
};

/// The least that a durable, signed Merkle log does for a batch: no tiles, no bundles, no lock, no
/// reader.
class LimitLog {
 public:
  explicit LimitLog(NoteSigner signer) : signer_(std::move(signer)) {}

  Outcome<void> open(const std::string& folder) {
    constexpr off_t entries_size = off_t{1} << 30;
    constexpr off_t hashes_size = off_t{1} << 27;
    DAYMARK_CHECK(entries_.open(folder + "/limit.entries", entries_size));
    DAYMARK_CHECK(hashes_.open(folder + "/limit.hashes", hashes_size));
    return head_.open(folder + "/limit.head", 4096);
  }

  Outcome<void> add(std::span<const ByteView> entries, ByteView bytes) {
    fresh_.clear();
    for (const ByteView entry : entries)
      add_leaf(hash_leaf(entry));
    DAYMARK_CHECK(entries_.put(bytes, entries_end_));
    DAYMARK_CHECK(hashes_.put(fresh_, hashes_end_));
    entries_end_ += static_cast<off_t>(bytes.size());
    hashes_end_ += static_cast<off_t>(fresh_.size());
    const std::string body = checkpoint_body(signer_.name, {{leaves_}, root()});
    return head_.put(bytes_of(make_note(body, sign_body(signer_, body))), 0);
  }

 private:
  void add_leaf(const Digest& leaf) {
    fresh_.insert(fresh_.end(), leaf.begin(), leaf.end());
    Digest node = leaf;
    std::size_t level = 0;
    for (std::uint64_t rest = ++leaves_; rest % 2 == 0; rest /= 2, ++level)
      node = hash_node(left_[level], node);
    left_[level] = node;
  }

  [[nodiscard]] Digest root() const {
    std::optional<Digest> out;
    for (std::size_t level = 0; level < left_.size(); ++level) {
      if ((leaves_ >> level) % 2 == 0) continue;
      out = out ? hash_node(left_[level], *out) : left_[level];
    }
    return out.value_or(empty_root());
  }

  NoteSigner signer_;
  RawFile entries_;
  RawFile hashes_;
  RawFile head_;
  off_t entries_end_ = 0;
  off_t hashes_end_ = 0;
  std::uint64_t leaves_ = 0;
  std::array<Digest, path_max + 1> left_{};
  std::vector<Byte> fresh_;
};

/// Entries per second of `add`, which makes one batch durable.
template <class Add>
Outcome<double> rate_of(const LogBenchOptions& options, Add add) {
  const SteadyTime start = steady_now();
  const double wanted = static_cast<double>(options.round.value) / 1000;
  std::size_t entries = 0;
  while (seconds_since(start) < wanted) {
    DAYMARK_CHECK(add());
    entries += options.batch;
  }
  return static_cast<double>(entries) / seconds_since(start);
}

/// Entries of one group with the times at which they arrived, in seconds since the start.
struct Group {
  std::vector<std::vector<Byte>> entries;
  std::vector<double> arrivals;
};

Outcome<void> make_public(LogStore& log, const Group& group, const Cosign& cosign) {
  const std::vector<ByteView> views(group.entries.begin(), group.entries.end());
  DAYMARK_TRY(const LeafIndex first, log.append(views));
  DAYMARK_TRY(const std::string head, log.sign_checkpoint());
  DAYMARK_TRY(const std::string cosigned, cosign(log, head));
  DAYMARK_CHECK(log.publish(cosigned));
  for (std::size_t i = 0; i < views.size(); ++i)
    DAYMARK_CHECK(log.prove({first.value + i}, cosigned));
  return {};
}

}  // namespace

Outcome<std::vector<AppendRates>> bench_appends(const LogBenchOptions& options,
                                                const NoteSigner& signer) {
  DAYMARK_TRY(LogStore log, LogStore::create(options.folder + "/log", signer));
  std::vector<AppendRates> out;
  for (int round = 0; round < options.rounds; ++round) {
    EntrySource source(options.batch, options.entry_bytes);
    DAYMARK_TRY(const double rate, rate_of(options, [&]() -> Outcome<void> {
                  DAYMARK_CHECK(log.append(source.next()));
                  DAYMARK_CHECK(log.sign_checkpoint());
                  return {};
                }));
    LimitLog limit(signer);
    DAYMARK_CHECK(limit.open(options.folder));
    EntrySource again(options.batch, options.entry_bytes);
    DAYMARK_TRY(const double limit_rate, rate_of(options, [&] {
                  const std::span<const ByteView> entries = again.next();
                  return limit.add(entries, again.bytes());
                }));
    out.push_back({rate, limit_rate});
  }
  return out;
}

Outcome<std::vector<double>> bench_latency(LogStore& log, const LatencyOptions& options,
                                           const Cosign& cosign) {
  const double wanted = static_cast<double>(options.duration.value) / 1000;
  const std::chrono::milliseconds pause(options.group.value);
  std::vector<double> out;
  const SteadyTime start = steady_now();
  EntrySource source(1, options.entry_bytes);
  std::size_t arrived = 0;
  while (seconds_since(start) < wanted) {
    std::this_thread::sleep_for(pause);
    Group group;
    const double now = seconds_since(start);
    for (double at = 0; (at = static_cast<double>(arrived) / options.entries_per_second) <= now;
         ++arrived) {
      const ByteView entry = source.next().front();
      group.entries.emplace_back(entry.begin(), entry.end());
      group.arrivals.push_back(at);
    }
    if (group.entries.empty()) continue;
    DAYMARK_CHECK(make_public(log, group, cosign));
    const double done = seconds_since(start);
    for (const double arrival : group.arrivals)
      out.push_back((done - arrival) * 1000);
  }
  return out;
}

}  // namespace daymark::tlog
