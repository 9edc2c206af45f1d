#include "daymark/report/map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "daymark/report/contour.h"
#include "daymark/report/map_view_internal.h"
#include "daymark/report/map_words_internal.h"
#include "daymark/report/svg.h"

namespace daymark::report {

namespace {

constexpr std::size_t circle_points = 180;
constexpr std::size_t most_labels = 12;
constexpr double sample_step = 8;

constexpr std::string_view sea = "#e8f0f5";
constexpr std::string_view ink = "#22303c";
constexpr std::string_view soft_ink = "#5c6770";

std::string_view verdict_colour(geo::Verdict verdict) {
  if (verdict == geo::Verdict::inside) return "#2a9d8f";
  return verdict == geo::Verdict::outside ? "#6d597a" : "#8d99ae";
}

constexpr std::string_view zone_style =
    R"(fill="#2a9d8f" fill-opacity=".13" stroke="#1f7a6f" stroke-width="1.6" )"
    R"(stroke-dasharray="7 4")";
constexpr std::string_view excluded_style =
    R"(fill="#6d597a" fill-opacity=".16" stroke="#6d597a" stroke-width="1.4" )"
    R"(stroke-dasharray="7 4")";
constexpr std::string_view allowed_style =
    R"(fill="#f4a261" fill-opacity=".5" stroke="#c8553d" stroke-width="2" stroke-linejoin="round")";
constexpr std::string_view decisive_style = R"(fill="none" stroke="#33618f" stroke-width="1.5")";
constexpr std::string_view disc_style = R"(fill="none" stroke="#8aa6b8" stroke-width=".8")";

/// A box that a label takes.
struct Box {
  double left;
  double top;
  double right;
  double bottom;

  [[nodiscard]] bool meets(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

/// Draws one scene.
class MapPainter {
 public:
  MapPainter(const MapScene& scene, const geo::Borders& borders, Language language)
      : scene_(scene),
        borders_(borders),
        language_(language),
        view_(view_of(scene)),
        svg_(map_width, map_height, scene.title) {}

  std::string paint() {
    svg_.rectangle({0, 0}, {map_width, map_height}, R"(fill="#fff")");
    svg_.clip_box("map", {0, map_top}, {map_width, map_bottom - map_top});
    svg_.open_group("clip-path=\"url(#map)\"");
    svg_.rectangle({0, map_top}, {map_width, map_bottom - map_top},
                   fmt::format(R"(fill="{}")", sea));
    paint_land();
    paint_graticule();
    if (scene_.zone) paint_zone(*scene_.zone);
    paint_allowed();
    paint_discs();
    paint_places();
    paint_landmarks();
    paint_scale();
    svg_.close_group();
    paint_frame();
    paint_header();
    paint_legend();
    return svg_.finish();
  }

 private:
  std::vector<std::vector<Pixel>> rings_of(const geo::CountryBorders& country) const {
    std::vector<std::vector<Pixel>> out;
    for (const geo::BorderRing& ring : country.rings) {
      std::vector<geo::LatLon> places;
      places.reserve(ring.size() + 1);
      for (const geo::BorderVertex& vertex : ring)
        places.push_back(geo::place_of(vertex));
      places.push_back(places.front());
      std::vector<Pixel> line = view_.projection.project(places);
      // A ring that is too small to see, or wholly to one side of the view, isn't drawn.
      if (line.size() > 3 && may_show(line)) out.push_back(std::move(line));
    }
    return out;
  }

  /// The same for an area that the borders don't list.
  [[nodiscard]] std::vector<std::vector<Pixel>> rings_of(const geo::Country& area) const {
    std::vector<std::vector<Pixel>> out;
    for (std::vector<geo::LatLon> ring : area.rings()) {
      ring.push_back(ring.front());
      std::vector<Pixel> line = view_.projection.project(ring);
      if (line.size() > 3 && may_show(line)) out.push_back(std::move(line));
    }
    return out;
  }

  static bool may_show(const std::vector<Pixel>& ring) {
    const auto [west, east] = std::ranges::minmax(ring, {}, &Pixel::x);
    const auto [north, south] = std::ranges::minmax(ring, {}, &Pixel::y);
    const bool speck = east.x - west.x < 1.5 && south.y - north.y < 1.5;
    return !speck && east.x > 0 && west.x < map_width && south.y > map_top && north.y < map_bottom;
  }

  void paint_land() {
    for (const geo::CountryBorders& country : borders_.all()) {
      svg_.area(rings_of(country),
                R"(fill="#fbfaf5" stroke="#c3ccc9" stroke-width=".8" stroke-linejoin="round")");
    }
  }

  /// Parallels and meridians, about six across the map.
  void paint_graticule() {
    const double span = view_.metres_per_pixel * map_width / 111e3;
    double step = 30;
    for (const double finer : {20.0, 10.0, 5.0, 2.0, 1.0, 0.5})
      if (span / step < 5) step = finer;
    std::vector<std::vector<Pixel>> lines;
    for (int i = 1; i * step < 180; ++i) {
      const double latitude = i * step - 90;
      add_piece(lines, [latitude](double t) { return geo::LatLon::of(latitude, 360 * t - 180); });
    }
    for (int i = 0; i * step < 360; ++i) {
      const double longitude = i * step - 180;
      add_piece(lines, [longitude](double t) { return geo::LatLon::of(180 * t - 90, longitude); });
    }
    svg_.strokes(lines, R"(fill="none" stroke="#8fa7b5" stroke-opacity=".28" stroke-width=".6")");
  }

  /// Samples a line over t from 0 to 1 and keeps the pieces that the map shows.
  template <class PlaceAt>
  void add_piece(std::vector<std::vector<Pixel>>& lines, const PlaceAt& place_at) const {
    constexpr int samples = 720;
    std::vector<Pixel> piece;
    for (int i = 0; i <= samples; ++i) {
      const auto place = place_at(static_cast<double>(i) / samples);
      const Pixel pixel = view_.projection.project(place.value_or(geo::LatLon{}));
      if (MapView::shows(pixel, -60)) {
        piece.push_back(pixel);
        continue;
      }
      lines.push_back(std::move(piece));
      piece = {};
    }
    lines.push_back(std::move(piece));
  }

  /// The edge of a disc as a closed line.
  [[nodiscard]] std::vector<Pixel> edge_of(geo::LatLon centre, double radius_m) const {
    std::vector<geo::LatLon> places;
    for (std::size_t i = 0; i <= circle_points; ++i) {
      const double azimuth = 360.0 * static_cast<double>(i) / circle_points - 180;
      places.push_back(destination(centre, azimuth, Metres{radius_m}));
    }
    return view_.projection.project(places);
  }

  void paint_zone(const geo::Zone& zone) {
    if (const auto* circle = std::get_if<geo::Circle>(&zone.shape())) {
      const std::array rings{edge_of(circle->centre(), circle->radius_m())};
      svg_.area(rings, zone_style);
    }
    if (const auto* country = std::get_if<geo::Zone::CountryZone>(&zone.shape())) {
      const geo::CountryBorders* const entry = borders_.find(country->country.code());
      svg_.area(entry != nullptr ? rings_of(*entry) : rings_of(country->country),
                country->excluded ? excluded_style : zone_style);
    }
    if (const auto* parts = std::get_if<std::vector<geo::Zone>>(&zone.shape())) {
      for (const geo::Zone& part : *parts)
        paint_zone(part);
    }
  }

  /// Discs whose edge may cross the map; the others hold for all of it.
  [[nodiscard]] std::vector<geo::Disc> crossing() const {
    const double corner = view_.metres_per_pixel * std::hypot(map_width, map_bottom - map_top) / 2;
    std::vector<geo::Disc> out;
    for (const MapLandmark& landmark : scene_.landmarks) {
      const double away = distance(view_.middle, landmark.disc.centre).value;
      if (away + corner * 1.02 > landmark.disc.radius_m) out.push_back(landmark.disc);
    }
    return out;
  }

  void paint_allowed() {
    const auto region = geo::Region::of(crossing(), scene_.faults);
    if (!region || scene_.landmarks.empty()) return;
    SampleGrid grid{{-sample_step, map_top - sample_step}, sample_step, 0, 0, {}};
    grid.columns = static_cast<std::size_t>(map_width / sample_step) + 3;
    grid.rows = static_cast<std::size_t>((map_bottom - map_top) / sample_step) + 3;
    for (std::size_t row = 0; row < grid.rows; ++row) {
      for (std::size_t column = 0; column < grid.columns; ++column) {
        const auto place =
            view_.projection.place_at({grid.corner.x + static_cast<double>(column) * grid.step,
                                       grid.corner.y + static_cast<double>(row) * grid.step});
        grid.values.push_back(place ? region->excess_m(*place) : 1);
      }
    }
    svg_.area(outline(grid), allowed_style);
  }

  void paint_discs() {
    std::vector<std::vector<Pixel>> decisive;
    std::vector<std::vector<Pixel>> others;
    for (const MapLandmark& landmark : scene_.landmarks) {
      std::vector<Pixel> edge = edge_of(landmark.disc.centre, landmark.disc.radius_m);
      (landmark.decisive ? decisive : others).push_back(std::move(edge));
    }
    svg_.strokes(others, disc_style);
    svg_.strokes(decisive, decisive_style);
  }

  void paint_landmarks() {
    std::vector<const MapLandmark*> order;
    order.reserve(scene_.landmarks.size());
    for (const MapLandmark& landmark : scene_.landmarks)
      order.push_back(&landmark);
    std::ranges::sort(order, {}, [](const MapLandmark* one) {
      return std::pair(one->disc.radius_m, std::string_view(one->label));
    });
    // All dots first, so that no label hides one.
    std::vector<std::pair<Pixel, std::string_view>> shown;
    for (const MapLandmark* const landmark : order) {
      const Pixel at = view_.projection.project(landmark->disc.centre);
      if (!MapView::shows(at, 4)) continue;
      svg_.circle(at, 4,
                  fmt::format(R"(fill="{}" stroke="#fff" stroke-width="1.2")",
                              landmark->decisive ? "#33618f" : "#7d98aa"));
      taken_.push_back({at.x - 5, at.y - 5, at.x + 5, at.y + 5});
      shown.emplace_back(at, landmark->label);
    }
    std::size_t labels = 0;
    for (const auto& [at, label] : shown)
      if (labels < most_labels && paint_label(at, label)) ++labels;
  }

  /// Writes beside a place, where there is room; false if there is none.
  bool paint_label(Pixel at, std::string_view label) {
    const double length = 6.6 * static_cast<double>(label.size()) + 4;
    for (const Pixel offset :
         {Pixel{8, 4}, Pixel{-8 - length, 4}, Pixel{-length / 2, -12}, Pixel{-length / 2, 22},
          Pixel{9, -9}, Pixel{9, 18}, Pixel{-9 - length, -9}, Pixel{-9 - length, 18}}) {
      const Pixel start{at.x + offset.x, at.y + offset.y};
      const Box box{start.x, start.y - 11, start.x + length, start.y + 3};
      const bool within =
          MapView::shows({box.left, box.top}, 2) && MapView::shows({box.right, box.bottom}, 2);
      const bool free = std::ranges::none_of(taken_, [&box](const Box& b) { return b.meets(box); });
      if (!within || !free) continue;
      taken_.push_back(box);
      svg_.text(start, label,
                fmt::format(R"(fill="{}" stroke="#fff" stroke-width="3" stroke-opacity=".85" )"
                            R"(stroke-linejoin="round" paint-order="stroke")",
                            ink));
      return true;
    }
    return false;
  }

  void paint_places() {
    if (scene_.estimate) {
      const Pixel at = view_.projection.project(*scene_.estimate);
      cross(at);
      taken_.push_back({at.x - 8, at.y - 8, at.x + 8, at.y + 8});
    }
    std::vector<geo::LatLon> claimed = scene_.sites;
    if (scene_.declared) claimed.push_back(*scene_.declared);
    for (const geo::LatLon place : claimed) {
      const Pixel at = view_.projection.project(place);
      if (!MapView::shows(at, 4)) continue;
      diamond(at);
      taken_.push_back({at.x - 8, at.y - 8, at.x + 8, at.y + 8});
    }
  }

  void cross(Pixel at) {
    const std::array<std::vector<Pixel>, 2> lines{{{{at.x - 6, at.y - 6}, {at.x + 6, at.y + 6}},
                                                   {{at.x - 6, at.y + 6}, {at.x + 6, at.y - 6}}}};
    svg_.strokes(lines, R"(stroke="#fff" stroke-width="5" stroke-linecap="round")");
    svg_.strokes(lines, R"(stroke="#9b2226" stroke-width="2.4" stroke-linecap="round")");
  }

  void diamond(Pixel at) {
    const std::array<std::vector<Pixel>, 1> ring{
        {{{at.x, at.y - 7}, {at.x + 7, at.y}, {at.x, at.y + 7}, {at.x - 7, at.y}}}};
    svg_.area(ring, R"(fill="#e9c46a" stroke="#5f4b12" stroke-width="1.3")");
  }

  /// A bar of a round number of kilometres.
  void paint_scale() {
    const double most_km = view_.metres_per_pixel * 180 / 1000;
    const double power = std::pow(10, std::floor(std::log10(most_km)));
    double km = power;
    for (const double factor : {2.0, 5.0})
      if (factor * power <= most_km) km = factor * power;
    const double length = km * 1000 / view_.metres_per_pixel;
    const Pixel end{map_width - 18, map_bottom - 18};
    svg_.rectangle({end.x - length - 8, end.y - 20}, {length + 16, 28},
                   R"(fill="#fff" fill-opacity=".8" rx="4")");
    svg_.line({end.x - length, end.y}, end, fmt::format(R"(stroke="{}" stroke-width="2")", ink));
    svg_.text({end.x - length / 2, end.y - 6}, fmt::format("{:g} km", km),
              fmt::format(R"(text-anchor="middle" font-size="11" fill="{}")", ink));
  }

  void paint_frame() {
    svg_.rectangle({0.5, map_top}, {map_width - 1, map_bottom - map_top},
                   R"(fill="none" stroke="#d5dde3")");
  }

  void paint_header() {
    const std::string_view verdict = word_of(scene_.verdict, language_);
    const double length = language_ == Language::english
                              ? 20 + 8.6 * static_cast<double>(verdict.size())
                              : 20 + 5.5 * static_cast<double>(verdict.size());
    svg_.rectangle({16, 14}, {length, 25},
                   fmt::format(R"(rx="12.5" fill="{}")", verdict_colour(scene_.verdict)));
    svg_.text({16 + length / 2, 31.5}, verdict,
              R"(text-anchor="middle" font-size="14" font-weight="600" fill="#fff")");
    svg_.text({28 + length, 32}, scene_.title,
              fmt::format(R"(font-size="17" font-weight="600" fill="{}")", ink));
    svg_.text({17, 57}, scene_.subtitle, fmt::format(R"(font-size="12.5" fill="{}")", soft_ink));
  }

  void paint_legend() {
    const bool excluded = is_excluded();
    Pixel at{18, map_bottom + 24};
    svg_.rectangle({at.x, at.y - 9}, {22, 12}, allowed_style);
    legend_text(at, MapWord::allowed);
    at.x += 300;
    svg_.rectangle({at.x, at.y - 9}, {22, 12}, excluded ? excluded_style : zone_style);
    legend_text(at, excluded ? MapWord::not_zone : MapWord::zone);
    at.x += 300;
    svg_.line({at.x, at.y - 3}, {at.x + 22, at.y - 3}, decisive_style);
    legend_text(at, MapWord::disc);
    at = {18, map_bottom + 50};
    cross({at.x + 11, at.y - 4});
    legend_text(at, MapWord::estimate);
    at.x += 300;
    const bool claimed = scene_.declared || !scene_.sites.empty();
    claimed ? diamond({at.x + 11, at.y - 4})
            : svg_.circle({at.x + 11, at.y - 4}, 4, R"(fill="#33618f")");
    legend_text(at, claimed ? MapWord::declared : MapWord::landmark);
    at.x += 300;
    svg_.line({at.x, at.y - 3}, {at.x + 22, at.y - 3}, disc_style);
    legend_text(at, MapWord::other_disc);
  }

  [[nodiscard]] bool is_excluded() const {
    if (!scene_.zone) return false;
    const auto* country = std::get_if<geo::Zone::CountryZone>(&scene_.zone->shape());
    return country != nullptr && country->excluded;
  }

  void legend_text(Pixel at, MapWord word) {
    svg_.text({at.x + 30, at.y + 1}, word_of(word, language_), fmt::format(R"(fill="{}")", ink));
  }

  const MapScene& scene_;
  const geo::Borders& borders_;
  Language language_;
  MapView view_;
  SvgWriter svg_;
  std::vector<Box> taken_;
};

}  // namespace

MapScene scene_of(const locate::PlaceVerdict& verdict, const geo::Zone& zone,
                  std::optional<geo::LatLon> declared, Language language) {
  MapScene out;
  out.title = fmt::format("{} · {}", verdict.target, verdict.zone);
  out.subtitle = sentence(verdict.reason, language);
  out.verdict = verdict.verdict;
  out.faults = verdict.faults;
  out.zone = zone;
  out.estimate = verdict.estimate;
  out.declared = declared;
  const std::vector<geo::Disc> discs = discs_of(verdict);
  for (const locate::LandmarkReport& one : verdict.landmarks) {
    if (!one.used) continue;
    const geo::Disc& disc = discs[out.landmarks.size()];
    out.landmarks.push_back({disc, fmt::format("{} {:.1f} ms", one.id, one.rtt_ms), one.decisive});
  }
  return out;
}

std::string map_svg(const MapScene& scene, const geo::Borders& borders, Language language) {
  return MapPainter(scene, borders, language).paint();
}

}  // namespace daymark::report
