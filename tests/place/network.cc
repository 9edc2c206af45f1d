#include "network.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

namespace daymark::place {

namespace {

class ManyAddresses final : public Network {
 public:
  void enter_beacon(std::size_t) const override {}

  void enter_chip(std::size_t) const override {}

  void enter_relay() const override {}

  [[nodiscard]] std::string beacon_address(std::size_t beacon) const override {
    return fmt::format("127.1.0.{}:0", beacon + 1);
  }

  [[nodiscard]] std::string gate_address(std::size_t chip) const override {
    return fmt::format("127.2.0.{}:0", chip + 1);
  }

  [[nodiscard]] bool is_public() const override { return false; }
};

class Namespaces final : public Network {
 public:
  explicit Namespaces(const NetworkSize& size) : size_(size) {}

  Namespaces(const Namespaces&) = delete;
  Namespaces& operator=(const Namespaces&) = delete;
  Namespaces(Namespaces&&) = delete;
  Namespaces& operator=(Namespaces&&) = delete;

  ~Namespaces() override {
    std::string script;
    for (std::size_t i = 0; i < size_.beacons; ++i)
      script += fmt::format("ip netns del {}; ", name_of("b", i));
    for (std::size_t i = 0; i < size_.chips; ++i)
      script += fmt::format("ip netns del {}; ", name_of("c", i));
    (void)run(script + fmt::format("ip netns del {}", name_of("hub", 0)));
  }

  /// False where any step is refused.
  [[nodiscard]] bool create() const {
    const std::string hub = name_of("hub", 0);
    std::string script = fmt::format("ip netns add {0} && ip -n {0} link set lo up", hub);
    for (std::size_t i = 0; i < size_.beacons; ++i)
      script += joined(name_of("b", i), fmt::format("b{}", i), fmt::format("10.77.{}", i));
    for (std::size_t i = 0; i < size_.chips; ++i)
      script += joined(name_of("c", i), fmt::format("c{}", i), fmt::format("10.78.{}", i));
    return run(script);
  }

  void enter_beacon(std::size_t beacon) const override { enter(name_of("b", beacon)); }

  void enter_chip(std::size_t chip) const override { enter(name_of("c", chip)); }

  void enter_relay() const override { enter(name_of("hub", 0)); }

  [[nodiscard]] std::string beacon_address(std::size_t beacon) const override {
    return fmt::format("10.77.{}.2:0", beacon);
  }

  [[nodiscard]] std::string gate_address(std::size_t chip) const override {
    return fmt::format("10.78.{}.1:0", chip);
  }

  [[nodiscard]] bool is_public() const override { return true; }

 private:
  [[nodiscard]] static std::string name_of(const char* kind, std::size_t number) {
    return fmt::format("dm{}-{}{}", ::getpid(), kind, number);
  }

  /// A namespace at the other end of a pair of devices, whose near end lies in the hub.
  [[nodiscard]] static std::string joined(const std::string& space, const std::string& device,
                                          const std::string& net) {
    return fmt::format(
        " && ip netns add {0} && ip -n {3} link add {1} type veth peer name eth0 netns {0}"
        " && ip -n {3} addr add {2}.1/24 dev {1} && ip -n {3} link set {1} up"
        " && ip -n {0} addr add {2}.2/24 dev eth0 && ip -n {0} link set eth0 up",
        space, device, net, name_of("hub", 0));
  }

  [[nodiscard]] static bool run(const std::string& script) {
    const std::string quiet = "{ " + script + "; } >/dev/null 2>&1";
    return std::system(quiet.c_str()) == 0;  // NOLINT(concurrency-mt-unsafe): before any thread
  }

  static void enter(const std::string& name) {
    const int file = ::open(("/run/netns/" + name).c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0 || ::setns(file, CLONE_NEWNET) != 0) {
      fmt::print(stderr, "network namespace {}: {}\n", name, std::strerror(errno));
      std::abort();
    }
    ::close(file);
  }

  NetworkSize size_;
};

}  // namespace

std::unique_ptr<Network> many_addresses() {
  return std::make_unique<ManyAddresses>();
}

std::unique_ptr<Network> namespaces(const NetworkSize& size, std::string& why) {
  if (::geteuid() != 0) {
    why = "only root may make network namespaces here";
    return nullptr;
  }
  auto out = std::make_unique<Namespaces>(size);
  if (out->create()) return out;
  why = "ip netns and veth devices are not permitted here";
  return nullptr;
}

}  // namespace daymark::place
