// Programs to put under the gate, in a folder of their own. Tests only.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/order/content_writer.h"

namespace daymark::gate::testing {

/// A folder that is gone with the test. Its program "trainer" is a shell of its own, so that a test
/// says in its arguments what the program does.
class Workshop {
 public:
  Workshop();
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  ~Workshop();

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  [[nodiscard]] std::string trainer() const { return path("trainer"); }

  /// The command line of a trainer that runs `script`; $D is the folder.
  [[nodiscard]] std::vector<std::string> command(const std::string& script) const;

  /// The text of a file, empty where there is none.
  [[nodiscard]] std::string read(const std::string& name) const;
  void write(const std::string& name, const std::string& text) const;

  [[nodiscard]] bool has(const std::string& name) const;
  /// Waits in real time, ten seconds at most, and says whether it came.
  [[nodiscard]] bool wait_for(const std::string& name) const;

 private:
  std::filesystem::path folder_;
};

[[nodiscard]] Digest digest_of_file(const std::string& path);

/// The list that a policy order with these programs carries.
[[nodiscard]] std::vector<Byte> encoded_list(const std::vector<order::Program>& programs);

/// Whether a process of this id runs; one that waits for its parent to look does not.
[[nodiscard]] bool is_running(long pid);

}  // namespace daymark::gate::testing
