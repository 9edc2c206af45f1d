// The governor as firmware in simulated machines:
//
//   bench_firmware chip SAMPLES      one machine: first answer, requests, licences,
//                                    what it adds to a round trip
//   bench_firmware licences SAMPLES  the licences alone: for a profile
//   bench_firmware many MACHINES     so many machines at once, each asked who it is
//
// The images are those of script/firmware; one line says so where QEMU or they are missing.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string_view>

#include "chip_testing.h"
#include "figures.h"
#include <fmt/format.h>

namespace {

using namespace daymark;
using bench::print_spread;
using bench::print_value;
using bench::require;
using firmware::testing::FirmwareChip;
using governor::testing::World;

std::string arch() {
  return "rv64";
}

double milliseconds_of(const std::function<void()>& step) {
  return bench::microseconds_of(step) / 1000;
}

/// From the start of QEMU to the answer to a request.
void measure_boot(World& world, std::size_t samples) {
  std::vector<double> boots;
  for (std::size_t i = 0; i < samples; ++i) {
    boots.push_back(milliseconds_of([&] {
      FirmwareChip chip(world, arch());
      require(chip.client().identify().has_value(), "a chip does not say who it is");
    }));
  }
  const double middle = bench::median(boots);
  print_spread({"firmware.boot", "firmware: QEMU begun to first answer, rv64", "ms"}, boots);
  print_value({"firmware.boot_goal", "  its median", "ms", 250.0}, middle, samples);
}

void measure_requests(FirmwareChip& chip, std::size_t samples) {
  std::vector<double> micros;
  for (std::size_t i = 0; i < 10 * samples; ++i) {
    micros.push_back(bench::microseconds_of(
        [&] { require(chip.client().status().has_value(), "a chip does not answer"); }));
  }
  const double rate = 1e6 / bench::median(micros);
  print_spread({"firmware.request", "firmware: a plain request and its answer", "us"},
               std::move(micros));
  print_value({"firmware.rate", "  one after the other, at the median", "1/s"}, rate, 10 * samples);
}

/// Milliseconds that the host's own library takes for one signature.
double host_verification() {
  crypto::SecretKey secret;
  secret.seed.fill(1);
  const crypto::PublicKey key = crypto::ed25519_public(secret);
  const ByteArray<256> message{};
  const crypto::Signature signature = crypto::ed25519_sign(secret, message);
  constexpr int times = 5;
  const double micros = bench::processor_microseconds_of([&] {
    for (int i = 0; i < times; ++i)
      require(crypto::ed25519_verify(key, message, signature).has_value(),
              "a signature is refused");
  });
  return micros / times / 1000;
}

void measure_licences(FirmwareChip& chip, std::size_t samples) {
  require(chip.enrol().has_value(), "a chip is not enrolled");
  chip.range();
  std::vector<double> wall;
  std::vector<double> used;
  std::vector<double> on_host;
  for (std::size_t i = 0; i < samples; ++i) {
    const auto request = chip.client().request_renewal();
    require(request.has_value(), "a chip asks for no licence");
    const governor::LeafParts leaf = chip.make_leaf(*request);
    const double before = chip.processor_millis();
    wall.push_back(milliseconds_of(
        [&] { require(chip.client().accept_leaf(leaf).has_value(), "a licence is refused"); }));
    used.push_back(chip.processor_millis() - before);
    on_host.push_back(host_verification());
  }
  const double middle = bench::median(used);
  print_spread({"firmware.licence", "firmware: a licence proven, accepted, saved", "ms"},
               std::move(wall));
  print_value({"firmware.licence_used", "  processor time of its machine, median", "ms", 5.0},
              middle, samples);
  print_value({"firmware.licence_ratio", "  in verifications on the host beside it", "ratio"},
              middle / bench::median(on_host), samples);
}

/// From a challenge handed to the machine's channel to its answer there: what a chip behind this
/// channel adds to a round trip.
void measure_residence(World& world, FirmwareChip& chip, std::size_t samples) {
  const auto opened = governor::testing::open_session(world, chip.client(), 0);
  require(opened.has_value(), "a chip opens no session");
  std::vector<double> micros;
  for (std::uint32_t number = 0; number < samples; ++number) {
    const ranging::Challenge challenge = world.random().draw<16>();
    Outcome<ranging::AnswerTag> tag{};
    micros.push_back(
        bench::microseconds_of([&] { tag = chip.client().answer(0, number, challenge); }));
    require(tag && *tag == ranging::answer(opened->key, number, challenge),
            "a chip answers a challenge wrongly");
  }
  const double least = *std::ranges::min_element(micros);
  // PROTOCOL §9.4: half the round trip, at the speed of light.
  constexpr double km_per_microsecond = 0.299792458 / 2;
  print_value({"firmware.residence_least", "firmware: a challenge answered, the least", "us"},
              least, samples);
  print_value({"firmware.residence_km", "  as a radius at the speed of light", "km"},
              least * km_per_microsecond, samples);
  print_spread({"firmware.residence", "  all of them", "us"}, std::move(micros));
}

void measure_many(World& world, std::size_t machines) {
  std::vector<std::unique_ptr<FirmwareChip>> chips;
  const double started = milliseconds_of([&] {
    for (std::size_t i = 0; i < machines; ++i)
      chips.push_back(std::make_unique<FirmwareChip>(world, arch()));
  });
  std::vector<double> answers;
  for (const auto& chip : chips) {
    answers.push_back(milliseconds_of(
        [&] { require(chip->client().identify().has_value(), "a chip does not say who it is"); }));
  }
  print_value(
      {"firmware.many", fmt::format("firmware: {} chips started, all running", machines), "s"},
      started / 1000, machines);
  print_spread({"firmware.many_answer", "  each then asked who it is", "ms"}, std::move(answers));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  const std::size_t count = words.size() == 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  require(count > 0 && (words[0] == "chip" || words[0] == "licences" || words[0] == "many"),
          "usage: bench_firmware chip SAMPLES | licences SAMPLES | many MACHINES");
  require(firmware::testing::can_run(arch()),
          "no image or no QEMU: script/bootstrap firmware, script/firmware");
  World world;
  if (words[0] == "many") {
    measure_many(world, count);
    return 0;
  }
  const bool whole = words[0] == "chip";
  if (whole) measure_boot(world, count);
  FirmwareChip chip(world, arch());
  if (whole) measure_requests(chip, count);
  measure_licences(chip, count);
  if (whole) measure_residence(world, chip, 100 * count);
}
