#include "daymark/geo/borders.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <map>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/geo/errors.h"

namespace daymark::geo {

namespace {

constexpr std::string_view first_line = "daymark-borders 1";
constexpr std::size_t max_countries = 1000;
constexpr std::size_t max_rings = 20'000;
constexpr std::size_t max_vertices = 1'000'000;
constexpr std::size_t max_name = 64;
constexpr std::size_t max_file = 16UL << 20;
constexpr std::int32_t half_turn = 18'000'000;
constexpr std::int32_t quarter_turn = 9'000'000;
constexpr double units_per_degree = 1e5;

/// Longitudes live on a circle: the sum is brought back into (-180°, 180°].
std::int32_t turn(std::int32_t longitude, std::int32_t by) {
  const std::int32_t sum = longitude + by;
  if (sum > half_turn) return sum - 2 * half_turn;
  return sum <= -half_turn ? sum + 2 * half_turn : sum;
}

/// Reads the text form line by line; remembers where it stands for errors.
class BordersReader {
 public:
  explicit BordersReader(std::string_view text) : text_(text) {}

  Result<std::vector<CountryBorders>> read() {
    std::vector<CountryBorders> out;
    DAYMARK_TRY(const std::string_view head, line());
    if (head != first_line) return wrong();
    while (true) {
      DAYMARK_TRY(const std::string_view next, line());
      if (next == "end") break;
      DAYMARK_TRY(CountryBorders entry, country(next));
      if (out.size() == max_countries || (!out.empty() && out.back().code >= entry.code))
        return wrong();
      out.push_back(std::move(entry));
    }
    if (!text_.empty()) return wrong();
    return out;
  }

 private:
  [[nodiscard]] std::unexpected<Error> wrong(FieldId field = no_field) const {
    return fail(errc::borders_malformed, field, static_cast<std::uint32_t>(at_));
  }

  /// The next line without its end; every line must have one.
  Result<std::string_view> line() {
    at_ = next_;
    const std::size_t end = text_.find('\n');
    if (end == std::string_view::npos) return wrong();
    const std::string_view out = text_.substr(0, end);
    text_.remove_prefix(end + 1);
    next_ += end + 1;
    return out;
  }

  /// "country ZA 3 South Africa" and its rings.
  Result<CountryBorders> country(std::string_view head) {
    constexpr std::string_view word = "country ";
    if (!head.starts_with(word) || head.size() < word.size() + 5) return wrong();
    head.remove_prefix(word.size());
    CountryBorders out;
    out.code = head.substr(0, 2);
    const bool letters = std::ranges::all_of(out.code, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!letters || head[2] != ' ') return wrong(field::country_code);
    head.remove_prefix(3);
    DAYMARK_TRY(const std::int32_t rings, number(head, max_rings));
    const bool name = !head.empty() && head.size() <= max_name &&
                      std::ranges::all_of(head, [](char c) { return c < 0 || c >= ' '; });
    if (rings < 1 || !name) return wrong();
    out.name = head;
    rings_ += static_cast<std::size_t>(rings);
    if (rings_ > max_rings) return wrong();
    for (std::int32_t i = 0; i < rings; ++i) {
      DAYMARK_TRY(BorderRing next, ring());
      out.rings.push_back(std::move(next));
    }
    return out;
  }

  /// "COUNT LON LAT DLON DLAT …": each vertex as the step from the one before.
  Result<BorderRing> ring() {
    DAYMARK_TRY(std::string_view rest, line());
    DAYMARK_TRY(const std::int32_t count, number(rest, max_vertices));
    // Each vertex takes at least three characters: a false count can't make us reserve memory.
    const auto size = static_cast<std::size_t>(std::max(count, 0));
    if (size < 3 || size > rest.size() / 3) return wrong(field::ring);
    vertices_ += size;
    if (vertices_ > max_vertices) return wrong(field::ring);
    BorderRing out;
    out.reserve(size);
    BorderVertex vertex;
    for (std::size_t i = 0; i < size; ++i) {
      DAYMARK_TRY(const std::int32_t east, number(rest, half_turn));
      DAYMARK_TRY(const std::int32_t north, number(rest, half_turn));
      vertex = {turn(vertex.longitude, east), vertex.latitude + north};
      if (east == -half_turn) return wrong(field::longitude);
      if (std::abs(vertex.latitude) > quarter_turn) return wrong(field::latitude);
      out.push_back(vertex);
    }
    if (!rest.empty()) return wrong(field::ring);
    return out;
  }

  /// Takes an integer in its only decimal form, and the blank behind it, from `rest`.
  Result<std::int32_t> number(std::string_view& rest, std::size_t limit) const {
    std::int32_t value = 0;
    const auto [stop, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    const std::string_view digits = rest.substr(0, static_cast<std::size_t>(stop - rest.data()));
    const bool canonical = !digits.starts_with("-0") && (digits == "0" || !digits.starts_with('0'));
    const auto size = static_cast<std::uint64_t>(std::abs(std::int64_t{value}));
    if (error != std::errc{} || !canonical || size > limit) return wrong();
    rest.remove_prefix(digits.size());
    if (rest.empty()) return value;
    if (rest.front() != ' ' || rest.size() == 1) return wrong();
    rest.remove_prefix(1);
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t next_ = 0;
  std::size_t rings_ = 0;
  std::size_t vertices_ = 0;
};

void append_ring(const BorderRing& ring, std::string& out) {
  fmt::format_to(std::back_inserter(out), "{}", ring.size());
  BorderVertex before;
  for (const BorderVertex& vertex : ring) {
    fmt::format_to(std::back_inserter(out), " {} {}", turn(vertex.longitude, -before.longitude),
                   vertex.latitude - before.latitude);
    before = vertex;
  }
  out += '\n';
}

}  // namespace

struct Borders::Content {
  std::vector<CountryBorders> countries;
  std::mutex mutex;
  std::map<std::string, Country, std::less<>> built;  // guarded by mutex
};

LatLon place_of(const BorderVertex& vertex) {
  return LatLon::of(vertex.latitude / units_per_degree, vertex.longitude / units_per_degree)
      .value_or(LatLon{});
}

Borders::Borders(std::shared_ptr<Content> content) : content_(std::move(content)) {}

Result<Borders> Borders::parse(std::string_view text) {
  const auto content = std::make_shared<Content>();
  DAYMARK_TRY(content->countries, BordersReader(text).read());
  return Borders(content);
}

const std::vector<CountryBorders>& Borders::all() const {
  return content_->countries;
}

const CountryBorders* Borders::find(std::string_view code) const {
  const auto& all = content_->countries;
  const auto found = std::ranges::lower_bound(all, code, {}, &CountryBorders::code);
  return found != all.end() && found->code == code ? &*found : nullptr;
}

Result<Country> Borders::country(std::string_view code) const {
  const CountryBorders* const entry = find(code);
  if (entry == nullptr) return fail(errc::country_unknown, field::country_code);
  const std::lock_guard lock(content_->mutex);
  if (const auto known = content_->built.find(code); known != content_->built.end())
    return known->second;
  DAYMARK_TRY(Country built, Country::build(*entry));
  content_->built.emplace(code, built);
  return built;
}

std::string Borders::to_text() const {
  std::string out = fmt::format("{}\n", first_line);
  for (const CountryBorders& entry : content_->countries) {
    out += fmt::format("country {} {} {}\n", entry.code, entry.rings.size(), entry.name);
    for (const BorderRing& ring : entry.rings)
      append_ring(ring, out);
  }
  return out + "end\n";
}

Outcome<Borders> load_borders(const std::string& path) {
  DAYMARK_TRY(const std::string text, read_text(path, max_file));
  return about(Borders::parse(text), path);
}

}  // namespace daymark::geo
