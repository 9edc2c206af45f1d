#include "charter_source.h"

#include "daymark/base/file.h"
#include "daymark/crypto/random.h"
#include "daymark/order/charter_source.h"

namespace daymark::cli {

namespace {

constexpr std::size_t source_size_max = 65'536;

/// The same failure about the file; what it was about becomes its detail.
template <class T>
Outcome<T> in_file(Outcome<T> result, const std::string& file) {
  if (result) return result;
  const Failure& inner = result.error();
  const std::string detail =
      inner.detail.empty() ? inner.subject : inner.subject + ": " + inner.detail;
  return std::unexpected(Failure(inner.error, file, detail));
}

}  // namespace

Outcome<std::vector<Byte>> charter_from_spec(const std::string& file) {
  DAYMARK_TRY(const std::string source, read_text(file, source_size_max));
  const auto keys = [](const std::string& name) { return crypto::read_public_keys(name); };
  DAYMARK_TRY(const order::CharterSpec spec,
              in_file(order::parse_charter_source(source, keys), file));
  crypto::SystemRandom random;
  return in_file(order::charter_new(spec, random), file);
}

}  // namespace daymark::cli
