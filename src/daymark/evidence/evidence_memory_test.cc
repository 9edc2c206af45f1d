// What evidence of others may cost before it is refused or read: a program of its own, because it
// counts every allocation, C++'s, OpenSSL's and libxml2's alike. docs/formats/evidence.md states
// the factors.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <new>

#include <gtest/gtest.h>
#include <libxml/xmlmemory.h>
#include <malloc.h>
#include <openssl/crypto.h>

#include "daymark/base/file.h"
#include "daymark/evidence/evidence_file.h"
#include "daymark/evidence/governor/governor_eat.h"
#include "daymark/evidence/models/model_bundle.h"
#include "daymark/evidence/models/timestamp_token.h"
#include "daymark/evidence/nvidia/chain.h"
#include "daymark/evidence/pki/ocsp.h"
#include "daymark/evidence/pki/pem.h"
#include "daymark/evidence/policy.h"
#include "daymark/evidence/tokens/corim.h"
#include "daymark/evidence/tokens/ear_reader.h"
#include "daymark/evidence/tokens/eat_claims.h"
#include "daymark/evidence/tokens/jwt.h"
#include "daymark/evidence/tpm/tpm_activation.h"
#include "daymark/evidence/tpm/tpm_binding.h"
#include "daymark/evidence/tpm/tpm_quote_file.h"

namespace {

/// Bytes that are allocated now, and the most that ever were since `start`. One thread only.
class Heap {
 public:
  static void add(void* memory) {
    now += memory == nullptr ? 0 : malloc_usable_size(memory);
    most = std::max(most, now);
  }

  static void take(void* memory) {
    const std::size_t size = memory == nullptr ? 0 : malloc_usable_size(memory);
    now -= std::min(now, size);
  }

  static std::size_t peak_of(const std::function<void()>& step) {
    const std::size_t before = now;
    most = now;
    step();
    return most - before;
  }

  static inline std::size_t now = 0;
  static inline std::size_t most = 0;
};

void* counted_malloc(std::size_t size) {
  void* const out = std::malloc(size);
  Heap::add(out);
  return out;
}

void counted_free(void* memory) {
  Heap::take(memory);
  std::free(memory);
}

void* counted_realloc(void* memory, std::size_t size) {
  Heap::take(memory);
  void* const out = std::realloc(memory, size);
  Heap::add(out == nullptr ? memory : out);
  return out;
}

char* counted_copy(const char* text) {
  char* const out = static_cast<char*>(counted_malloc(std::strlen(text) + 1));
  if (out != nullptr) std::strcpy(out, text);  // NOLINT(clang-analyzer-security.insecureAPI.strcpy)
  return out;
}

void* openssl_malloc(std::size_t size, const char* /*file*/, int /*line*/) {
  return counted_malloc(size);
}

void* openssl_realloc(void* memory, std::size_t size, const char* /*file*/, int /*line*/) {
  return counted_realloc(memory, size);
}

void openssl_free(void* memory, const char* /*file*/, int /*line*/) {
  counted_free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
  void* const out = counted_malloc(size == 0 ? 1 : size);
  if (out == nullptr) throw std::bad_alloc();
  return out;
}

void* operator new[](std::size_t size) {
  return operator new(size);
}

void operator delete(void* memory) noexcept {
  counted_free(memory);
}

void operator delete[](void* memory) noexcept {
  counted_free(memory);
}

void operator delete(void* memory, std::size_t /*size*/) noexcept {
  counted_free(memory);
}

void operator delete[](void* memory, std::size_t /*size*/) noexcept {
  counted_free(memory);
}

namespace daymark::evidence {
namespace {

/// A parser with what it may take: `base` bytes, and `factor` for each byte of input.
struct Parser {
  std::string_view name;
  std::string_view seeds;  ///< below fuzz/seeds
  std::size_t base;
  std::size_t factor;
  std::function<void(ByteView)> parse;
};

constexpr std::size_t kib = 1024;

void read_claims(ByteView input) {
  const auto tree = CborTree::parse(input);
  if (tree) (void)read_eat(*tree);
}

void read_cose_and_claims(ByteView input) {
  const auto message = parse_cose(input, Untagged::allowed);
  if (message && message->payload) read_claims(*message->payload);
}

std::vector<Parser> parsers() {
  const auto text = [](ByteView input) { return text_of(input); };
  return {
      {"report", "spdm_report", 2 * kib, 4, [](ByteView in) { (void)parse_report(in); }},
      {"reference values", "rim", 160 * kib, 24, [](ByteView in) { (void)read_rim(in); }},
      {"revocation answer", "ocsp", 4 * kib, 8, [](ByteView in) { (void)parse_ocsp(in); }},
      {"chain", "cert_chain", 4 * kib, 4,
       [=](ByteView in) { (void)parse_pem_certificates(text(in)); }},
      {"NVIDIA's JSON", "evidence_json", 16 * kib, 16,
       [=](ByteView in) { (void)parse_evidence_json(text(in)); }},
      {"policy", "evidence_policy", 16 * kib, 64,
       [=](ByteView in) { (void)parse_policy(text(in)); }},
      {"COSE, EAT", "cose_foreign", 8 * kib, 128, read_cose_and_claims},
      {"claims", "foreign_cbor", 8 * kib, 128, read_claims},
      {"governor's attestation", "governor_eat", 128 * kib, 8,
       [](ByteView in) {
         (void)is_governor_eat(in);
         (void)parse_governor_eat(in);
       }},
      {"CoRIM", "corim", 16 * kib, 128,
       [](ByteView in) {
         (void)read_corim(in, CorimForm::legacy);
         (void)read_comid(in);
       }},
      {"EAR", "ear", 16 * kib, 64, [=](ByteView in) { (void)read_ear_json(text(in)); }},
      {"JWT", "ear", 16 * kib, 64, [=](ByteView in) { (void)parse_jwt(text(in)); }},
      {"TPM statement", "tpm_statement", 8 * kib, 32,
       [](ByteView in) {
         (void)parse_tpms_attest(in);
         (void)parse_tpm_file(in);
       }},
      {"TPM key", "tpm_public", 64 * kib, 16, [](ByteView in) { (void)TpmKey::parse(in); }},
      {"TPM structures", "tpm_structures", 2 * kib, 4,
       [](ByteView in) { (void)parse_tpm_attest(in); }},
      {"TPM documents", "tpm_documents", 8 * kib, 8,
       [](ByteView in) {
         (void)parse_tpm_identity(in);
         (void)parse_tpm_enrolment(in);
         (void)parse_tpm_activation(in);
       }},
      {"event log", "tpm_event_log", 8 * kib, 32,
       [](ByteView in) {
         const auto log = parse_event_log(in);
         if (log) (void)replay_event_log(*log, 0x000B);
       }},
      {"model bundle", "model_bundle", 16 * kib, 64,
       [=](ByteView in) {
         (void)parse_model_bundle(text(in));
         (void)parse_model_statement(text(in));
       }},
      {"trust root", "sigstore", 16 * kib, 64,
       [=](ByteView in) { (void)parse_trusted_root(text(in)); }},
      {"timestamp", "sigstore", 64 * kib, 64,
       [](ByteView in) { (void)verify_timestamp(in, in, {}); }},
  };
}

std::vector<std::vector<Byte>> seeds_of(std::string_view name) {
  std::vector<std::vector<Byte>> out;
  const std::string folder = std::string(DAYMARK_SOURCE_DIR) + "/fuzz/seeds/" + std::string(name);
  for (const auto& file : std::filesystem::directory_iterator(folder))
    out.push_back(read_file(file.path().string()).value());
  return out;
}

/// Texts and bytes that claim to hold far more than they do, or nest as deep as they are long.
std::vector<std::vector<Byte>> bombs() {
  const auto bytes = [](std::string_view text) {
    const ByteView view = bytes_of(text);
    return std::vector<Byte>(view.begin(), view.end());
  };
  std::vector<std::vector<Byte>> out{
      {0x9A, 0x10, 0x00, 0x00, 0x00, 0x00},  // an array of 2^28 items
      {0x9B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF},
      {0xBA, 0x10, 0x00, 0x00, 0x00, 0x00},
      {0x5A, 0x7F, 0xFF, 0xFF, 0xFF, 0x00},
      {0xD9, 0x01, 0xF5, 0x9A, 0x10, 0x00, 0x00, 0x00},
      {0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF},
      {0x30, 0x80, 0x30, 0x80, 0x30, 0x80},
      bytes("<!DOCTYPE a [<!ENTITY b \"bbbbbbbb\"><!ENTITY c \"&b;&b;&b;\">]><a>&c;</a>"),
      std::vector<Byte>(4096, 0x81),
      std::vector<Byte>(4096, 0xA0),
      std::vector<Byte>(4096, 0x00),
      std::vector<Byte>(4096, 0xFF),
      std::vector<Byte>(4096, '['),
      bytes("{\"pcrs\":[" + std::string(2000, '[')),
  };
  // Well-formed, and every byte an item of its own.
  std::vector<Byte> dense{0x99, 0x10, 0x00};
  dense.resize(4096 + 3, 0x00);
  out.push_back(dense);
  return out;
}

void expect_bounded(const Parser& parser, ByteView input) {
  const std::size_t peak = Heap::peak_of([&] { parser.parse(input); });
  EXPECT_LE(peak, parser.base + parser.factor * input.size())
      << parser.name << ", input of " << input.size();
}

TEST(Memory, EveryParserTakesNoMoreThanItsFactor) {
  for (const Parser& parser : parsers()) {
    for (const auto& seed : seeds_of(parser.seeds)) {
      parser.parse(seed);  // what the libraries keep for ever counts once
      expect_bounded(parser, seed);
      for (const std::size_t part : {2U, 3U, 10U})
        expect_bounded(parser, ByteView(seed).first(seed.size() / part));
    }
    for (const auto& bomb : bombs())
      expect_bounded(parser, bomb);
  }
}

TEST(Memory, SixBytesOfCborCostNothing) {
  using Clock = std::chrono::steady_clock;
  const std::vector<Byte> bomb{0x9A, 0x10, 0x00, 0x00, 0x00, 0x00};
  auto fastest = Clock::duration::max();
  for (int i = 0; i < 5; ++i) {
    const auto begin = Clock::now();
    const std::size_t peak = Heap::peak_of([&] {
      read_claims(bomb);
      read_cose_and_claims(bomb);
      (void)read_corim(bomb, CorimForm::legacy);
      (void)read_comid(bomb);
    });
    fastest = std::min(fastest, Clock::now() - begin);
    EXPECT_LT(peak, 1024U * 1024U);
  }
  EXPECT_LT(fastest, std::chrono::milliseconds(1));
}

TEST(Memory, TheCounterCounts) {
  const std::size_t peak = Heap::peak_of([] {
    std::vector<Byte> memory(100'000);
    memory[99'999] = 1;
    EXPECT_EQ(memory.back(), 1);
  });
  EXPECT_GE(peak, 100'000U);
  EXPECT_LT(peak, 110'000U);
}

}  // namespace
}  // namespace daymark::evidence

int main(int argc, char** argv) {
  // Before anything of either library is allocated.
  if (CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) != 1) return 1;
  if (xmlMemSetup(counted_free, counted_malloc, counted_realloc, counted_copy) != 0) return 1;
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
