// A bundle that is read is written back to what gives the same statement; names of a statement are
// plain and stand once; nothing is verified by a key that never signed.
#include <cstdlib>
#include <set>

#include "daymark/evidence/models/model_signing.h"

namespace {

using namespace daymark;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const evidence::ModelStatement& statement) {
  std::set<std::string> names;
  for (const evidence::ModelResource& one : statement.resources) {
    require(evidence::is_plain_path(one.name) && names.insert(one.name).second);
    require(one.name.find("..") != 0 && one.name.front() != '/');
  }
  const auto again = evidence::parse_model_statement(evidence::write_model_statement(statement));
  require(again && again->digest == statement.digest && again->ignored == statement.ignored);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of({data, size});
  if (const auto statement = evidence::parse_model_statement(text)) check(*statement);
  const auto bundle = evidence::parse_model_bundle(text);
  if (!bundle) return 0;
  require(bundle->key_hint.empty() != bundle->certificates.empty());
  if (!bundle->key_hint.empty()) {
    const auto again = evidence::parse_model_bundle(evidence::write_model_bundle(*bundle));
    require(!again || again->payload == bundle->payload);
  }
  evidence::ModelTrust trust;
  trust.key =
      evidence::VerifyingKey::from_jwk(
          R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})")
          .value();
  require(!evidence::verify_model_bundle(text, trust));
  return 0;
}
