// Hosts of our own making: files below a folder, a library that answers as NVIDIA's would.
#include "daymark/audit/host_audit.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daymark/audit/errors.h"
#include "daymark/base/file.h"

namespace daymark::audit {
namespace {

const std::string shipped_list =
    std::string(DAYMARK_SOURCE_DIR) + "/data/audit/vulnerabilities.json";
const std::string agile_log =
    std::string(DAYMARK_SOURCE_DIR) +
    "/tests/vectors/evidence/tpm-foreign/eventlogs/arch-linux-workstation.bin";
constexpr const char* secure_boot =
    "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

class HostAuditTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
    root = ::testing::TempDir() + "daymark-audit-" + test->name();
    std::filesystem::remove_all(root);
    std::filesystem::create_directories(root);
    sources.root = root;
    sources.nvml = "libdaymark-no-such-library.so";
    sources.vulnerabilities = parse_vulnerabilities(*read_text(shipped_list)).value();
    sources.now = UnixMillis{1'796'083'200'000};
  }

  void TearDown() override { std::filesystem::remove_all(root); }

  void put(const std::string& path, std::string_view content) const {
    std::filesystem::create_directories(std::filesystem::path(root + path).parent_path());
    ASSERT_TRUE(write_text(root + path, content));
  }

  /// A machine with all that L2 asks for.
  void put_good_host() const {
    put(secure_boot, std::string_view("\6\0\0\0\1", 5));
    put("/sys/kernel/iommu_groups/0/type", "DMA\n");
    put("/sys/class/tpm/tpm0/tpm_version_major", "2\n");
    put("/sys/class/tpm/tpm0/pcr-sha256/0", "00\n");
    put("/dev/tpmrm0", "");
    put("/sys/kernel/security/tpm0/binary_bios_measurements", *read_text(agile_log));
    put("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
    put("/sys/bus/pci/devices/0000:3b:00.0/vendor", "0x10de\n");
    put("/sys/bus/pci/devices/0000:3b:00.0/class", "0x030200\n");
    put("/sys/bus/pci/devices/0000:3b:00.0/device", "0x2329\n");
    put("/sys/bus/pci/devices/0000:00:00.0/vendor", "0x8086\n");
    put("/sys/module/nvidia/version", "570.86.15\n");
  }

  [[nodiscard]] bool warns(std::string_view words) const {
    const HostAudit audit = audit_host(sources);
    return std::ranges::any_of(audit.warnings, [&](const std::string& sentence) {
      return sentence.find(words) != std::string::npos;
    });
  }

  std::string root;
  AuditSources sources;
};

TEST_F(HostAuditTest, AnEmptyHostOffersNothing) {
  const HostAudit audit = audit_host(sources);
  EXPECT_EQ(audit.nvml_problem, "audit_nvml_missing");
  ASSERT_EQ(audit.levels.size(), 5U);
  for (const LevelReadiness& level : audit.levels)
    EXPECT_FALSE(level.reachable());
  EXPECT_TRUE(audit.versions.empty());
  EXPECT_TRUE(warns("Secure Boot is unknown"));
  EXPECT_TRUE(warns("no IOMMU group"));
}

TEST_F(HostAuditTest, AHostWithATpmAndAnH20ReachesL2) {
  put_good_host();
  sources.nvml = DAYMARK_TEST_NVML;
  const HostAudit audit = audit_host(sources);
  ASSERT_EQ(audit.nvml.devices.size(), 1U);
  EXPECT_EQ(audit.nvml.devices[0].product, "NVIDIA H20");
  EXPECT_EQ(audit.nvml.devices[0].pci, "00000000:3B:00.0");
  EXPECT_TRUE(audit.nvml.devices[0].serial.empty());
  EXPECT_TRUE(audit.levels[0].reachable());
  EXPECT_TRUE(audit.levels[1].reachable());
  EXPECT_TRUE(audit.levels[2].reachable());
  EXPECT_FALSE(audit.levels[3].reachable());
  EXPECT_FALSE(audit.levels[4].reachable());
  EXPECT_TRUE(audit.warnings.empty()) << ::testing::PrintToString(audit.warnings);
  ASSERT_EQ(audit.versions.size(), 1U);
  EXPECT_EQ(audit.versions[0].finding.matches.size(), 1U);  // 570.86.15 is before 570.195.03
}

TEST_F(HostAuditTest, WhatIsFoundIsADescriptionForAQuote) {
  sources.nvml = DAYMARK_TEST_NVML;
  const std::string text = evidence::print_host_description(describe_host(audit_host(sources)));
  const auto parsed = evidence::parse_host_description(bytes_of(text));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->driver, "570.86.15");
}

TEST_F(HostAuditTest, Switches) {
  put_good_host();
  EXPECT_FALSE(warns("Secure Boot"));
  put(secure_boot, std::string_view("\6\0\0\0\0", 5));
  EXPECT_TRUE(warns("Secure Boot is off"));
  put(secure_boot, "longer than a switch");
  EXPECT_TRUE(warns("Secure Boot is unknown"));
  put("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
  EXPECT_TRUE(warns("lockdown is off"));
  put("/proc/sys/kernel/yama/ptrace_scope", "0\n");
  EXPECT_TRUE(warns("ptrace_scope 0"));
  put("/proc/sys/kernel/yama/ptrace_scope", "1\n");
  EXPECT_FALSE(warns("ptrace_scope 0"));
  put("/proc/sys/kernel/sysrq", "1\n");
  EXPECT_TRUE(warns("SysRq"));
  put("/proc/sys/kernel/kexec_load_disabled", "0\n");
  EXPECT_TRUE(warns("kexec"));
  put("/sys/kernel/security/tpm0/binary_bios_measurements", "nonsense");
  EXPECT_TRUE(warns("tpmlog_form"));
  put("/sys/module/nvidia/version", "570.86.16\n");
  sources.nvml = DAYMARK_TEST_NVML;
  EXPECT_TRUE(warns("differ"));
}

TEST_F(HostAuditTest, Sha1AloneIsNoL2) {
  put_good_host();
  std::filesystem::remove_all(root + "/sys/class/tpm/tpm0/pcr-sha256");
  put("/sys/class/tpm/tpm0/pcr-sha1/0", "00\n");
  const HostAudit audit = audit_host(sources);
  EXPECT_FALSE(audit.levels[2].reachable());
  put("/sys/class/tpm/tpm0/tpm_version_major", "1\n");
  EXPECT_EQ(audit_host(sources).levels[2].missing.size(), 2U);
}

TEST_F(HostAuditTest, VersionsAreHeldAgainstTheList) {
  const auto matches = [&](std::string_view component, std::string_view version) {
    return find_vulnerabilities(sources.vulnerabilities, component, version).matches.size();
  };
  EXPECT_EQ(matches("nvidia-driver", "580.82.07"), 1U);
  EXPECT_EQ(matches("nvidia-driver", "580.95.05"), 0U);
  EXPECT_EQ(matches("nvidia-driver", "580.126.1"), 0U);
  EXPECT_EQ(matches("nvidia-driver", "535.54"), 1U);
  // 25.06 is 2.59.0 and 25.07 is 2.59.1: a rule by the second number would be wrong.
  EXPECT_EQ(matches("triton", "2.59.0"), 2U);
  EXPECT_EQ(matches("triton", "2.59.1"), 1U);
  EXPECT_EQ(matches("triton", "2.60.0"), 0U);
  EXPECT_EQ(matches("triton", "2.x"), 0U);
  const auto other = find_vulnerabilities(sources.vulnerabilities, "nvidia-driver", "550.90.07");
  EXPECT_FALSE(other.branch_listed);
  EXPECT_TRUE(
      find_vulnerabilities(sources.vulnerabilities, "nvidia-driver", "580.95.05").branch_listed);
  put("/opt/tritonserver/TRITON_VERSION", "2.59.0\n");
  const HostAudit audit = audit_host(sources);
  ASSERT_EQ(audit.versions.size(), 1U);
  EXPECT_EQ(audit.versions[0].finding.matches[0].ids[0], "CVE-2025-23319");
}

TEST_F(HostAuditTest, PrintsAsJsonAndText) {
  put_good_host();
  sources.nvml = DAYMARK_TEST_NVML;
  const HostAudit audit = audit_host(sources);
  const auto json = nlohmann::json::parse(to_json(audit));
  EXPECT_EQ(json["verified"], false);
  EXPECT_EQ(json["host"]["secure_boot"], "on");
  EXPECT_EQ(json["driver"]["confidential_computing"]["enabled"], false);
  EXPECT_EQ(json["levels"][2]["reachable"], true);
  EXPECT_EQ(json["accelerators"][0]["device_id"], "0x2329");
  const std::string text = to_text(audit);
  EXPECT_NE(text.find("CVE-2025-23280"), std::string::npos);
  EXPECT_NE(text.find("a Hopper signs no report"), std::string::npos);
}

TEST_F(HostAuditTest, ChangesNothing) {
  put_good_host();
  const auto listing = [&] {
    std::vector<std::string> out;
    for (const auto& one : std::filesystem::recursive_directory_iterator(root))
      out.push_back(one.path().string() +
                    std::to_string(one.last_write_time().time_since_epoch().count()));
    std::ranges::sort(out);
    return out;
  };
  const auto before = listing();
  (void)audit_host(sources);
  EXPECT_EQ(listing(), before);
}

TEST(Vulnerabilities, ListsOfOtherShapesAreRefused) {
  const auto fate = [](std::string_view text) {
    const auto parsed = parse_vulnerabilities(text);
    return parsed ? std::string_view("ok") : entry_of(parsed.error().code).name;
  };
  EXPECT_EQ(fate(R"({"as_of":"2026-11-22","entries":[]})"), "ok");
  EXPECT_EQ(fate(R"({"as_of":"today","entries":[]})"), "audit_list");
  EXPECT_EQ(fate(R"({"as_of":"2026-11-22","entries":{}})"), "audit_list");
  EXPECT_EQ(fate(R"({"as_of":"2026-11-22","entries":[1]})"), "audit_list");
  EXPECT_EQ(fate(R"({"as_of":"2026-11-22"})"), "audit_list");
  EXPECT_EQ(fate("[]"), "audit_list");
  const std::string good = *read_text(shipped_list);
  const auto with = [&](std::string_view what, std::string_view by) {
    std::string text = good;
    text.replace(text.find(what), what.size(), by);
    return std::string(fate(text));
  };
  EXPECT_EQ(with("580.95.05", "580.95.x"), "audit_list");
  EXPECT_EQ(with("https://", "http://"), "audit_list");
  EXPECT_EQ(with("[\"CVE-2025-23280\"]", "[]"), "audit_list");
  EXPECT_EQ(with("[\"CVE-2025-23280\"]", "[1]"), "audit_list");
  EXPECT_EQ(with("\"branch\"", "\"line\""), "audit_list");
}

TEST(Versions, AreComparedNumberByNumber) {
  EXPECT_TRUE(is_version_before("570.86.15", "570.195.03"));
  EXPECT_TRUE(is_version_before("570.195", "570.195.03"));
  EXPECT_FALSE(is_version_before("570.195.03", "570.195.3"));
  EXPECT_FALSE(is_version_before("", "1"));
  EXPECT_FALSE(is_version_before("1.", "2"));
  EXPECT_FALSE(is_version_before("1..2", "2"));
  EXPECT_FALSE(is_version_before("99999999999999999999", "2"));
}

}  // namespace
}  // namespace daymark::audit
