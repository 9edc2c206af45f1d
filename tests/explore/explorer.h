// Breadth-first through all abstract states of a chip.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "invariants.h"

namespace daymark::explore {

/// Which successors are gone on from. Every action is tried in every state and judged, in each
/// profile; those that are not followed end there.
struct Profile {
  std::string name;
  std::vector<std::string> start;   ///< actions that lead to the first state
  std::vector<std::string> follow;  ///< empty: all
  std::size_t announced_max = 2;    ///< states with more announced orders are not gone on from
  std::size_t states_in_short = 0;  ///< a short run expands so many; 0: all
  Millis off_most = seconds(1);     ///< nor are states further off whole seconds (off_seconds)
};

struct Limits {
  std::size_t states = 0;        ///< 0: to the end
  double seconds = 0;            ///< 0: no limit
  bool all_cuts = false;         ///< power is lost at every step of every save, not at one in turn
  std::size_t broken_most = 20;  ///< ends after so many breaches
  std::size_t twins = 600;       ///< pairs of equal abstract states that are compared
  bool progress = false;         ///< a line on standard error now and then
};

struct Report {
  std::size_t states = 0;
  std::size_t transitions = 0;
  std::size_t refusals = 0;
  std::size_t cuts = 0;
  std::size_t twins = 0;
  std::size_t drifted = 0;  ///< steps after which a pair lies milliseconds apart
  std::size_t left = 0;     ///< states that were found and not gone on from: 0 at a fixed point
  std::uint64_t fingerprint = 0;  ///< of all transitions
  double seconds = 0;
  std::map<std::string, std::size_t> tried;     ///< by action
  std::map<std::string, std::size_t> accepted;  ///< by action
  std::vector<std::string> broken;              ///< rule, and the way there
};

class Explorer {
 public:
  explicit Explorer(Profile profile);

  [[nodiscard]] Report run(const Limits& limits);

 private:
  struct Node {
    Snapshots::Snapshot snapshot;
    std::size_t parent = 0;
    std::size_t action = 0;
    std::vector<std::uint64_t> outcomes;
  };

  struct Twin {
    Snapshots::Snapshot snapshot;
    std::size_t node = 0;
  };

  void begin();
  void expand(std::size_t node);
  void try_action(std::size_t node, std::size_t action);
  [[nodiscard]] std::uint64_t outcome(std::size_t action, std::size_t variant, Step& step);
  void judge(std::size_t node, const Step& step);
  void arrive(std::size_t node, std::size_t action);
  void cut_power(std::size_t node, std::size_t action);
  [[nodiscard]] std::string reopened(const Host& host);
  [[nodiscard]] std::string seen_with(const Host& host);
  void show_progress(std::size_t done) const;
  void compare_twins();
  void compare_closely(const Twin& twin, std::size_t action, const Step& step);
  void note(const std::string& rule, std::size_t node, const std::string& action);
  [[nodiscard]] std::string way_to(std::size_t node) const;
  [[nodiscard]] bool follows(std::size_t action);
  void load(ByteView bytes);

  Profile profile_;
  Limits limits_;
  Report report_;
  Mint mint_;
  std::unique_ptr<Machine> machine_;
  Actor actor_;
  Snapshots snapshots_;
  std::vector<Node> nodes_;
  std::map<std::string, std::size_t> known_;
  std::vector<Twin> twins_;
  std::vector<Byte> parent_;  ///< the machine's bytes before the action
  std::vector<FlashStep> steps_;
  Seen before_;
  Seen after_;
  std::string without_;   ///< what a start makes of the state before the action
  std::string abstract_;  ///< of the state after the last action
  std::vector<bool> followed_;
  std::size_t equal_pairs_ = 0;
};

}  // namespace daymark::explore
