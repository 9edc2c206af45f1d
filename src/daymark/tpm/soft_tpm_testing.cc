#include "daymark/tpm/soft_tpm_testing.h"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <tss2/tss2_esys.h>
#include <tss2/tss2_tctildr.h>
#include <unistd.h>

#include "daymark/base/file.h"

namespace daymark::tpm::testing {

namespace {

namespace fs = std::filesystem;

constexpr const char* swtpm_program = "/usr/bin/swtpm";
constexpr const char* setup_program = "/usr/bin/swtpm_setup";

fs::path temporary_folder() {
  std::string pattern = (fs::temp_directory_path() / "daymark_tpm_XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
  return pattern;
}

/// A silent child that ends with this process.
pid_t spawn(const std::vector<std::string>& arguments) {
  std::vector<char*> words;
  for (const std::string& argument : arguments)
    words.push_back(const_cast<char*>(argument.c_str()));  // NOLINT: execv's signature
  words.push_back(nullptr);
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork");
  if (child > 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int quiet = ::open("/dev/null", O_RDWR);
  for (const int stream : {0, 1, 2})
    ::dup2(quiet, stream);
  ::execv(words.front(), words.data());
  ::_exit(127);
}

void run_to_end(const std::vector<std::string>& arguments) {
  int status = 0;
  if (::waitpid(spawn(arguments), &status, 0) < 0 || status != 0) {
    throw std::runtime_error(arguments.front());
  }
}

void write_or_throw(const fs::path& path, const std::string& text) {
  if (!write_text(path.string(), text)) throw std::runtime_error(path.string());
}

/// Makes TPMs of one authority, as a maker would, and keeps their states.
class Manufacture {
 public:
  Manufacture() : folder_(temporary_folder()) {
    const std::string ca = (folder_ / "ca").string();
    fs::create_directory(ca);
    write_or_throw(folder_ / "ca.conf",
                   fmt::format("statedir = {0}\nsigningkey = {0}/key.pem\n"
                               "issuercert = {0}/issuer.pem\ncertserial = {0}/serial\n",
                               ca));
    write_or_throw(folder_ / "ca.options",
                   "--platform-manufacturer Test\n--platform-version 1\n--platform-model Test\n");
    write_or_throw(folder_ / "setup.conf",
                   fmt::format("create_certs_tool = /usr/bin/swtpm_localca\n"
                               "create_certs_tool_config = {0}/ca.conf\n"
                               "create_certs_tool_options = {0}/ca.options\n"
                               "active_pcr_banks = sha256\n",
                               folder_.string()));
  }

  ~Manufacture() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  Manufacture(const Manufacture&) = delete;
  Manufacture& operator=(const Manufacture&) = delete;
  Manufacture(Manufacture&&) = delete;
  Manufacture& operator=(Manufacture&&) = delete;

  /// The folder with the state of a new TPM called `name`, made at the first call.
  fs::path state(const std::string& name) {
    const fs::path out = folder_ / name;
    if (fs::exists(out)) return out;
    fs::create_directory(out);
    run_to_end({setup_program, "--tpm2", "--tpmstate", out.string(), "--config",
                (folder_ / "setup.conf").string(), "--create-ek-cert", "--pcr-banks", "sha256"});
    return out;
  }

  [[nodiscard]] std::string authorities() const {
    const fs::path ca = folder_ / "ca";
    return read_text((ca / "issuer.pem").string()).value() +
           read_text((ca / "swtpm-localca-rootca-cert.pem").string()).value();
  }

 private:
  fs::path folder_;
};

Manufacture& manufacture() {
  static Manufacture out;
  return out;
}

}  // namespace

std::string SoftTpm::missing() {
  for (const char* program : {swtpm_program, setup_program}) {
    if (!fs::exists(program)) return std::string(program) + " is not installed";
  }
  return {};
}

std::string SoftTpm::authorities() {
  (void)manufacture().state("first");
  return manufacture().authorities();
}

SoftTpm::SoftTpm(Make make) : folder_(temporary_folder()) {
  const fs::path state = folder_ / "state";
  if (make == Make::plain) {
    fs::create_directory(state);
  } else {
    fs::copy(manufacture().state(make == Make::first ? "first" : "second"), state);
  }
  start();
}

SoftTpm::~SoftTpm() {
  stop();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void SoftTpm::restart() {
  stop();
  start();
}

void SoftTpm::extend(unsigned pcr) {
  TSS2_TCTI_CONTEXT* connection = nullptr;
  ESYS_CONTEXT* context = nullptr;
  TPML_DIGEST_VALUES values{};
  values.count = 1;
  values.digests[0].hashAlg = TPM2_ALG_SHA256;
  const bool done = Tss2_TctiLdr_Initialize(tcti().c_str(), &connection) == TSS2_RC_SUCCESS &&
                    Esys_Initialize(&context, connection, nullptr) == TSS2_RC_SUCCESS &&
                    Esys_PCR_Extend(context, pcr, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
                                    &values) == TSS2_RC_SUCCESS;
  if (context != nullptr) Esys_Finalize(&context);
  if (connection != nullptr) Tss2_TctiLdr_Finalize(&connection);
  if (!done) throw std::runtime_error("PCR_Extend");
}

/// A socket's file is there before anybody listens.
bool SoftTpm::answers() const {
  if (!fs::exists(socket()) || !fs::exists(socket() + ".ctrl")) return false;
  TSS2_TCTI_CONTEXT* connection = nullptr;
  const bool connected = Tss2_TctiLdr_Initialize(tcti().c_str(), &connection) == TSS2_RC_SUCCESS;
  if (connection != nullptr) Tss2_TctiLdr_Finalize(&connection);
  return connected;
}

void SoftTpm::start() {
  process_ =
      spawn({swtpm_program, "socket", "--tpm2", "--tpmstate", "dir=" + (folder_ / "state").string(),
             "--server", "type=unixio,path=" + socket(), "--ctrl",
             "type=unixio,path=" + socket() + ".ctrl", "--flags", "not-need-init,startup-clear"});
  for (int tries = 0; tries < 500; ++tries) {
    if (answers()) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  stop();
  throw std::runtime_error("swtpm does not listen");
}

void SoftTpm::stop() {
  if (process_ < 0) return;
  ::kill(process_, SIGTERM);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
  std::error_code ignored;
  fs::remove(socket(), ignored);
  fs::remove(socket() + ".ctrl", ignored);
}

}  // namespace daymark::tpm::testing
