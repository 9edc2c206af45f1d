// A small writer of SVG: shapes in screen coordinates, text escaped, numbers short. Host only.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace daymark::report {

/// A place on the picture in pixels, y downward.
struct Pixel {
  double x = 0;
  double y = 0;
};

/// Builds one self-contained SVG document. Attributes come in as text of the caller's own; only
/// what text() and title() write is escaped.
class SvgWriter {
 public:
  SvgWriter(double width, double height, std::string_view label);

  /// `<g ATTRIBUTES>`; each open_group needs a close_group.
  void open_group(std::string_view attributes);
  void close_group();

  /// A rectangle that later groups use as `clip-path="url(#id)"`.
  void clip_box(std::string_view id, Pixel corner, Pixel size);

  void rectangle(Pixel corner, Pixel size, std::string_view attributes);
  void circle(Pixel centre, double radius, std::string_view attributes);
  void line(Pixel from, Pixel to, std::string_view attributes);

  /// Lines through the points, each list one stroke; nothing for lists of fewer than two points.
  void strokes(std::span<const std::vector<Pixel>> lines, std::string_view attributes);

  /// The area that an odd number of the rings surround.
  void area(std::span<const std::vector<Pixel>> rings, std::string_view attributes);

  void text(Pixel at, std::string_view content, std::string_view attributes);

  /// The whole document; the writer is empty afterwards.
  [[nodiscard]] std::string finish();

 private:
  void path(std::span<const std::vector<Pixel>> lines, std::string_view close,
            std::string_view attributes);

  std::string out_;
};

/// `&`, `<`, `>` and both quotes as entities; bytes that XML forbids as spaces.
[[nodiscard]] std::string xml_text(std::string_view text);

}  // namespace daymark::report
