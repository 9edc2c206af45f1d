// Bundles: what parses prints back to the same bytes, and nothing can be made out of the shipped
// bundle that stands under its charter: whatever the verifier accepts holds the shipped bytes.
#include <cstdlib>
#include <set>

#include "daymark/base/file.h"
#include "daymark/bundle/arrangement.h"
#include "daymark/bundle/verify.h"

extern "C" std::size_t LLVMFuzzerMutate(daymark::Byte* data, std::size_t size, std::size_t most);

namespace {

using namespace daymark;
using namespace daymark::bundle;

/// The genuine bundle in pieces: parts, and of orders the envelope, the salt with the content, and
/// the lines of the proof.
struct Genuine {
  Digest charter{};
  std::set<std::vector<Byte>> pieces;
};

void add_text(std::set<std::vector<Byte>>& out, std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const ByteView bytes = bytes_of(line);
    out.emplace(bytes.begin(), bytes.end());
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
}

std::set<std::vector<Byte>> pieces_of(const std::vector<Part>& parts) {
  std::set<std::vector<Byte>> out;
  for (const Part& part : parts) {
    const auto order = parse_order_part(part.content);
    const bool is_order = part.kind == PartKind::order || part.kind == PartKind::batch;
    if (!is_order || !order) {
      out.insert(part.content);
      continue;
    }
    out.insert(order->envelope);
    std::vector<Byte> opened(order->salt.begin(), order->salt.end());
    opened.insert(opened.end(), order->content.begin(), order->content.end());
    out.insert(opened);
    add_text(out, order->proof);
  }
  return out;
}

const Genuine& genuine() {
  static const Genuine shared = [] {
    const auto bytes =
        read_file(DAYMARK_SOURCE_DIR "/examples/bundles/chip-2.bundle", bundle_size_max);
    if (!bytes) std::abort();
    const auto parts = parse_bundle(*bytes);
    const BundleVerdict verdict = verify_bundle(*bytes, {});
    if (!parts || verdict.result != BundleResult::consistent) std::abort();
    return Genuine{verdict.charter, pieces_of(*parts)};
  }();
  return shared;
}

void check_accepted(const std::vector<Part>& parts) {
  for (const std::vector<Byte>& piece : pieces_of(parts)) {
    if (!genuine().pieces.contains(piece)) std::abort();
  }
}

}  // namespace

/// Changes one part and recomputes whatever is not signed, as a forger would.
extern "C" std::size_t LLVMFuzzerCustomMutator(Byte* data, std::size_t size, std::size_t most,
                                               unsigned seed) {
  auto parts = parse_bundle({data, size});
  if (!parts || parts->empty()) return LLVMFuzzerMutate(data, size, most);
  std::vector<Byte>& content = (*parts)[seed % parts->size()].content;
  const std::size_t before = content.size();
  content.resize(before + 64);
  content.resize(std::max<std::size_t>(LLVMFuzzerMutate(content.data(), before, before + 64), 1));
  (void)arrange(*parts);
  const std::vector<Byte> printed = print_bundle(*parts);
  if (printed.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::copy(printed.begin(), printed.end(), data);
  return printed.size();
}

extern "C" int LLVMFuzzerTestOneInput(const Byte* data, std::size_t size) {
  const ByteView input(data, size);
  const auto parts = parse_bundle(input);
  const BundleVerdict verdict = verify_bundle(input, genuine().charter);
  if (!parts) {
    if (verdict.result != BundleResult::refused || verdict.part.empty()) std::abort();
    return 0;
  }
  if (!equal(print_bundle(*parts), input)) std::abort();
  if (verdict.result == BundleResult::refused && verdict.part.empty()) std::abort();
  if (verdict.result == BundleResult::verified) check_accepted(*parts);
  if (to_json(verdict).empty() || to_text(verdict).empty()) std::abort();
  return 0;
}
