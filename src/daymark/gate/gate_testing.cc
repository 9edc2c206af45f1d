#include "daymark/gate/gate_testing.h"

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "daymark/base/file.h"
#include "daymark/crypto/ports.h"

namespace daymark::gate::testing {

Workshop::Workshop() {
  std::string pattern = ::testing::TempDir() + "daymark-gate-XXXXXX";
  EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
  folder_ = pattern;
  std::filesystem::copy_file(std::filesystem::canonical("/bin/sh"), trainer());
}

Workshop::~Workshop() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::vector<std::string> Workshop::command(const std::string& script) const {
  return {trainer(), "-c", "D='" + folder_.string() + "'; " + script};
}

std::string Workshop::read(const std::string& name) const {
  std::ifstream file(path(name));
  return {std::istreambuf_iterator<char>(file), {}};
}

void Workshop::write(const std::string& name, const std::string& text) const {
  std::ofstream(path(name)) << text;
}

bool Workshop::has(const std::string& name) const {
  return std::filesystem::exists(path(name));
}

bool Workshop::wait_for(const std::string& name) const {
  for (int i = 0; i < 1000 && !has(name); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return has(name);
}

Digest digest_of_file(const std::string& path) {
  const auto bytes = read_file(path, 1UL << 24);
  EXPECT_TRUE(bytes) << path;
  return bytes ? crypto::sha256(*bytes) : Digest{};
}

std::vector<Byte> encoded_list(const std::vector<order::Program>& programs) {
  const std::vector<Byte> content = order::write_policy({programs, 0, Millis{}});
  const auto policy = order::parse_policy(content);
  EXPECT_TRUE(policy);
  if (!policy) return {};
  return {policy->programs.begin(), policy->programs.end()};
}

bool is_running(long pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string stat{std::istreambuf_iterator<char>(file), {}};
  const std::size_t end = stat.rfind(')');
  return end != std::string::npos && stat.size() > end + 2 && stat[end + 2] != 'Z';
}

}  // namespace daymark::gate::testing
