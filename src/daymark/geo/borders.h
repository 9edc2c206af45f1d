// Borders of countries: dated data in a text form (data/borders/README.md), never code.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/base/result.h"
#include "daymark/geo/country.h"
#include "daymark/geo/lat_lon.h"

namespace daymark::geo {

/// A vertex in units of 1e-5 degree, about 1.1 m; longitude in (-180°, 180°].
struct BorderVertex {
  std::int32_t longitude = 0;
  std::int32_t latitude = 0;

  friend bool operator==(const BorderVertex&, const BorderVertex&) = default;
};

/// A closed line; the first vertex is not repeated. A place belongs to the country if an odd number
/// of its rings surround it.
using BorderRing = std::vector<BorderVertex>;

[[nodiscard]] LatLon place_of(const BorderVertex& vertex);

/// One entry of the list.
struct CountryBorders {
  std::string code;  // ISO 3166-1 alpha-2, or a user-assigned code (XA to XZ)
  std::string name;
  std::vector<BorderRing> rings;

  friend bool operator==(const CountryBorders&, const CountryBorders&) = default;
};

/// All borders that were read. Copies share one content; const members may be called from several
/// threads.
class Borders {
 public:
  /// Reads the text form: strict, every number bounded. Errors: errc::borders_malformed with the
  /// byte offset.
  [[nodiscard]] static Result<Borders> parse(std::string_view text);

  /// All entries in the order of their codes.
  [[nodiscard]] const std::vector<CountryBorders>& all() const;

  /// The entry of "ZA", or null.
  [[nodiscard]] const CountryBorders* find(std::string_view code) const;

  /// The area of a country, built on first use (2 to 60 ms) and kept. Errors:
  /// errc::country_unknown, errc::country_geometry.
  [[nodiscard]] Result<Country> country(std::string_view code) const;

  /// The text form; parse(to_text()) gives the same borders.
  [[nodiscard]] std::string to_text() const;

 private:
  struct Content;

  explicit Borders(std::shared_ptr<Content> content);

  std::shared_ptr<Content> content_;
};

/// Reads a file of at most 16 MiB. Errors: those of read_file and Borders::parse.
[[nodiscard]] Outcome<Borders> load_borders(const std::string& path);

}  // namespace daymark::geo
