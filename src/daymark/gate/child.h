// A program under the gate: started, paused, resumed and ended with all that it started. Host only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "daymark/gate/program.h"

namespace daymark::gate {

/// One child in a process group of its own. Its destructor ends the whole group.
class Child {
 public:
  /// Starts `program` with these arguments (the first is its name for itself).
  /// Errors: errc::gate_not_started.
  [[nodiscard]] static Outcome<Child> start(const OpenedProgram& program,
                                            const std::vector<std::string>& arguments);

  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

  Child& operator=(Child&&) = delete;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  /// The exit status once it has ended: its own, or 128 + the signal that ended it.
  [[nodiscard]] std::optional<int> ended();

  /// The checkpoint signal (SIGUSR1): save your work, you may be paused.
  void ask_checkpoint() const;
  void pause() const;
  void resume() const;
  /// Asks it to end; resumes it first, since a paused program can't act on it.
  void ask_end() const;
  /// Ends it whether it wants to or not (SIGKILL).
  void end_now() const;

 private:
  explicit Child(pid_t pid) : pid_(pid) {}

  void signal(int number) const;

  pid_t pid_ = -1;
};

}  // namespace daymark::gate
