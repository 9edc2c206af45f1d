// One fleet's authority as `daymark authority serve` builds it, on a real disk, with its signers,
// witnesses and mirror in this process.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "chip_swarm.h"

#include "daymark/authority/authority_testing.h"
#include "daymark/authority/batch_desk.h"
#include "daymark/authority/leaf_archive.h"
#include "daymark/authority/renewal_desk.h"

namespace daymark::bench {

/// Seconds that the steps from durable requests to leaf files took, by any clock.
struct IssueSteps {
  double draft = 0;   ///< every leaf and their root
  double log = 0;     ///< signed by the quorum, entry durable, checkpoint signed and cosigned
  double leaves = 0;  ///< a file for each chip: leaf and path
};

/// A folder that goes away with the bench, on the disk that $TMPDIR names.
using BenchFolder = tlog::testing::TemporaryFolder;

/// Not thread-safe.
class RenewalOffice {
 public:
  using Clock = double (*)();

  struct Parts {
    const ChipSwarm* swarm = nullptr;
    std::unique_ptr<lanes::Verifier> verifier;
    std::unique_ptr<tlog::LogDisk> book;  ///< none: a folder of its own
    std::uint64_t number = 1;             ///< of the fleet
  };

  /// Enrols every chip of the swarm.
  explicit RenewalOffice(Parts parts);

  [[nodiscard]] authority::RenewalDesk& desk() { return *renewals_; }

  /// Drafts the batch, has it signed, logs it and writes a leaf file for each chip.
  [[nodiscard]] IssueSteps issue(Clock clock);

  /// Chips whose leaf file is missing, is no licence or does not answer the request that the desk
  /// acknowledged last. `samples` of the files are proven from the charter on, as their chips do.
  [[nodiscard]] std::size_t count_lost(std::size_t samples);

  /// Bytes of all leaf files.
  [[nodiscard]] std::uint64_t leaf_bytes() const { return leaf_bytes_; }

 private:
  [[nodiscard]] std::string member(const std::string& name);
  void pin_charter();
  void enrol_all(const ChipSwarm& swarm);
  void open_log();
  [[nodiscard]] Outcome<std::string> cosign(const net::WitnessPeer& peer,
                                            const net::CosignatureRequest& request);
  void write_leaves(const order::BatchContent& batch);
  [[nodiscard]] bool answers(std::size_t slot, ByteView file) const;
  void prove(ByteView file);

  BenchFolder folder_;
  order::testing::World world_;
  authority::testing::WorldClock clock_{world_};
  tlog::NoteSigner log_;
  std::map<std::string, tlog::NoteSigner> peers_;
  crypto::SystemRandom random_;
  PosixCalls calls_;
  std::unique_ptr<authority::LeafArchive> archive_;
  std::unique_ptr<authority::Records> records_;
  std::unique_ptr<authority::Publisher> publisher_;
  std::unique_ptr<authority::OrderDesk> orders_;
  std::unique_ptr<authority::RenewalDesk> renewals_;
  std::unique_ptr<authority::BatchDesk> batches_;
  std::string leaves_path_;
  std::uint64_t leaf_bytes_ = 0;
  Digest batch_{};  ///< hash of the order
};

}  // namespace daymark::bench
