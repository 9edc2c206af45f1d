// Governors' attestations with their submodules: what is read is written again as the same bytes,
// and without a chip that somebody named nothing is genuine.
#include <cstdlib>

#include "daymark/cbor/encode.h"
#include "daymark/evidence/governor/governor_explain.h"
#include "daymark/evidence/governor/governor_verdict.h"

namespace {

using namespace daymark;  // NOLINT(google-build-using-namespace)

void require(bool holds) {
  if (!holds) std::abort();
}

/// The file as the grammar of docs/formats/governor.md says it, written by hand.
std::vector<Byte> written(const evidence::GovernorEat& eat) {
  return cbor::encode([&](cbor::Writer& out) {
    if (eat.bundled) {
      out.put_tag(602);
      out.open_array(2);
    }
    out.put_raw(eat.attestation);
    if (!eat.bundled) return;
    out.open_map(eat.members.size());
    for (const evidence::DetachedSubmodule& member : eat.members) {
      out.put_text(member.name);
      const auto claims_set = cbor::encode([&](cbor::Writer& inner) {
        inner.open_map(1);
        inner.put_integer(-70021);
        inner.open_array(2);
        inner.put_text(evidence::name_of(member.kind));
        inner.put_bytes(member.evidence);
      });
      require(equal(claims_set, member.claims_set));
      out.put_bytes(claims_set);
    }
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  (void)evidence::is_governor_eat(input);
  (void)evidence::submodule_kind_of(input);
  const auto eat = evidence::parse_governor_eat(input);
  if (!eat) return 0;
  require(equal(written(*eat), input));
  (void)evidence::explain_governor(input);
  evidence::GovernorOptions options;
  options.as_of = UnixMillis{1'800'000'000'000};
  const auto found = evidence::verify_governor("", input, options);
  require(found.verdict != evidence::Verdict::genuine);
  require(found.submodules.empty() || eat->bundled);
  return 0;
}
