// daymark log bench: durable appends beside their limit, and from an entry to its proof.
#include "log_bench.h"

#include <algorithm>
#include <cmath>

#include "arguments.h"
#include <fmt/format.h>

#include "daymark/crypto/key_file.h"
#include "daymark/net/http_client.h"
#include "daymark/net/witness_client.h"
#include "daymark/tlog/log_bench.h"

namespace daymark::cli {

namespace {

struct BenchCommand {
  std::string key;
  std::string seconds = "5s";
  std::vector<std::string> witnesses;
  tlog::LogBenchOptions appends;
  tlog::LatencyOptions latency;
};

/// Nearest rank. `sorted` must not be empty.
double at_share(const std::vector<double>& sorted, double share) {
  const double rank = std::ceil(share * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

double median_of(std::vector<double> values) {
  std::ranges::sort(values);
  return at_share(values, 0.5);
}

/// Witnesses by URL, each asked for its key once.
Outcome<std::vector<net::WitnessPeer>> peers_at(const std::vector<std::string>& urls) {
  std::vector<net::WitnessPeer> out;
  for (const std::string& url : urls) {
    DAYMARK_TRY(net::HttpResponse answer, net::http_get(url + "/vkey"));
    DAYMARK_TRY(std::string vkey, net::body_of(std::move(answer), url));
    while (!vkey.empty() && vkey.back() == '\n')
      vkey.pop_back();
    out.push_back({url, vkey});
  }
  return out;
}

Outcome<std::string> cosigned_by(const std::vector<net::WitnessPeer>& peers,
                                 const tlog::LogStore& log, TreeSize known,
                                 const std::string& head) {
  const auto consistency = [&log](TreeSize older, TreeSize newer) {
    return log.consistency_path(older, newer);
  };
  std::string out = head;
  for (const net::WitnessPeer& peer : peers) {
    DAYMARK_TRY(const std::string cosigned,
                net::request_cosignature(peer, {head, known, consistency}));
    out += net::added_signatures(head, cosigned);
  }
  return out;
}

Outcome<std::vector<double>> proof_times(const BenchCommand& command,
                                         const tlog::NoteSigner& signer) {
  DAYMARK_TRY(const auto peers, peers_at(command.witnesses));
  DAYMARK_TRY(tlog::LogStore log,
              tlog::LogStore::create(command.appends.folder + "/log-grouped", signer));
  TreeSize known;
  const auto cosign = [&](const tlog::LogStore& of,
                          const std::string& head) -> Outcome<std::string> {
    DAYMARK_TRY(std::string cosigned, cosigned_by(peers, of, known, head));
    known = of.signed_size();
    return cosigned;
  };
  DAYMARK_TRY(std::vector<double> times, tlog::bench_latency(log, command.latency, cosign));
  std::ranges::sort(times);
  return times;
}

Outcome<Exit> run_bench(BenchCommand command, const Session& session) {
  DAYMARK_TRY(const crypto::KeyPair key, crypto::read_key_pair(command.key));
  DAYMARK_TRY(const Millis all, duration_argument("--for", command.seconds));
  const tlog::NoteSigner signer{key.name, key.sign};
  command.appends.round = Millis{all.value / command.appends.rounds};
  command.latency.duration = all;
  DAYMARK_TRY(const auto rates, tlog::bench_appends(command.appends, signer));
  std::vector<double> log;
  std::vector<double> limit;
  std::vector<double> ratio;
  for (const tlog::AppendRates& rate : rates) {
    log.push_back(rate.log);
    limit.push_back(rate.limit);
    ratio.push_back(rate.log / rate.limit);
  }
  DAYMARK_TRY(const std::vector<double> times, proof_times(command, signer));
  if (times.empty()) return refuse(errc::usage_wrong, "--for", "too short for one entry");
  session.print({{"appends_per_s", median_of(log)},
                 {"limit_per_s", median_of(limit)},
                 {"ratio", median_of(ratio)},
                 {"rounds", rates.size()},
                 {"proof_p50_ms", at_share(times, 0.50)},
                 {"proof_p99_ms", at_share(times, 0.99)},
                 {"proof_samples", times.size()},
                 {"witnesses", command.witnesses.size()}},
                fmt::format("{:.0f} durable appends a second under signed heads, the limit is "
                            "{:.0f}: ratio {:.2f} (medians of {} rounds)\n"
                            "entry to proof with {} witnesses: p50 {:.1f} ms, p99 {:.1f} ms of {}",
                            median_of(log), median_of(limit), median_of(ratio), rates.size(),
                            command.witnesses.size(), at_share(times, 0.50), at_share(times, 0.99),
                            times.size()));
  return Exit::success;
}

}  // namespace

void add_log_bench(CLI::App& family, Session& session) {
  auto options = std::make_shared<BenchCommand>();
  CLI::App* command =
      family.add_subcommand("bench", "Durable appends beside the limit; entry to proof");
  command->add_option("--dir", options->appends.folder, "An empty folder on the disk in question")
      ->required();
  command->add_option("--key", options->key, "A log key made for this")->required();
  command->add_option("--for", options->seconds, "Time for each part")->capture_default_str();
  command->add_option("--batch", options->appends.batch, "Entries in one append")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  command->add_option("--entry-bytes", options->appends.entry_bytes, "Size of an entry")
      ->check(CLI::Range(8, 65535))
      ->capture_default_str();
  command->add_option("--rate", options->latency.entries_per_second, "Entries a second to prove")
      ->check(CLI::Range(1.0, 1e6))
      ->capture_default_str();
  command->add_option("--witness", options->witnesses, "URL of a witness of this log");
  command->footer("Example: daymark log bench --dir scratch --key bench.key --for 5s --json");
  session.on_run(*command, [options, &session] { return run_bench(*options, session); });
}

}  // namespace daymark::cli
