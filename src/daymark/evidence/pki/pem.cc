#include "daymark/evidence/pki/pem.h"

#include <string>

#include "daymark/base/encode.h"
#include "daymark/evidence/errors.h"

namespace daymark::evidence {

namespace {

constexpr std::string_view begin_line = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view end_line = "-----END CERTIFICATE-----";

class Lines {
 public:
  explicit Lines(std::string_view text) : all_(text), rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  [[nodiscard]] std::string_view next() {
    last_ = all_.size() - rest_.size();
    const std::size_t feed = rest_.find('\n');
    std::string_view line = rest_.substr(0, feed);
    rest_.remove_prefix(feed == std::string_view::npos ? rest_.size() : feed + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  [[nodiscard]] std::unexpected<Error> fail_here() const {
    return fail(errc::chain_pem, field::certificate, static_cast<std::uint32_t>(last_));
  }

 private:
  std::string_view all_;
  std::string_view rest_;
  std::size_t last_ = 0;
};

/// What stands between the two marker lines, of which the first has been read.
Result<std::vector<Byte>> read_body(Lines& lines) {
  std::string base64;
  while (!lines.at_end()) {
    const std::string_view line = lines.next();
    if (line != end_line) {
      base64 += line;
      continue;
    }
    auto der = from_base64(base64);
    if (!der || der->empty()) return lines.fail_here();
    return der;
  }
  return lines.fail_here();
}

}  // namespace

Result<std::vector<std::vector<Byte>>> parse_pem_certificates(std::string_view text) {
  if (text.size() > chain_text_max) return fail(errc::chain_too_large, field::certificate);
  std::vector<std::vector<Byte>> out;
  Lines lines(text);
  while (!lines.at_end()) {
    const std::string_view line = lines.next();
    if (line.empty()) continue;
    if (line != begin_line || out.size() == pem_certificates_max) return lines.fail_here();
    DAYMARK_TRY(auto der, read_body(lines));
    out.push_back(std::move(der));
  }
  if (out.empty()) return lines.fail_here();
  return out;
}

}  // namespace daymark::evidence
