#include "daymark/report/svg.h"

#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace daymark::report {

namespace {

/// One decimal, without a trailing ".0".
void put_number(std::string& out, double value) {
  const std::string text = fmt::format("{:.1f}", value);
  const bool whole = text.ends_with(".0");
  out += text == "-0.0" ? "0" : text.substr(0, whole ? text.size() - 2 : text.size());
}

void put_pixel(std::string& out, Pixel pixel) {
  put_number(out, pixel.x);
  out += ' ';
  put_number(out, pixel.y);
}

}  // namespace

SvgWriter::SvgWriter(double width, double height, std::string_view label) {
  out_ = fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:.0f} {1:.0f}" width="{0:.0f}" )"
      R"(height="{1:.0f}" role="img" aria-label="{2}" font-family="system-ui,'Noto Sans CJK SC',)"
      R"('DejaVu Sans',sans-serif" font-size="12">)",
      width, height, xml_text(label));
}

void SvgWriter::open_group(std::string_view attributes) {
  out_ += fmt::format("<g {}>", attributes);
}

void SvgWriter::close_group() {
  out_ += "</g>\n";
}

void SvgWriter::clip_box(std::string_view id, Pixel corner, Pixel size) {
  out_ += fmt::format(R"(<clipPath id="{}">)", id);
  rectangle(corner, size, "");
  out_ += "</clipPath>";
}

void SvgWriter::rectangle(Pixel corner, Pixel size, std::string_view attributes) {
  out_ += fmt::format(R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" {}/>)",
                      corner.x, corner.y, size.x, size.y, attributes);
}

void SvgWriter::circle(Pixel centre, double radius, std::string_view attributes) {
  out_ += fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}" {}/>)", centre.x, centre.y,
                      radius, attributes);
}

void SvgWriter::line(Pixel from, Pixel to, std::string_view attributes) {
  out_ += fmt::format(R"(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" {}/>)", from.x,
                      from.y, to.x, to.y, attributes);
}

void SvgWriter::strokes(std::span<const std::vector<Pixel>> lines, std::string_view attributes) {
  path(lines, "", attributes);
}

void SvgWriter::area(std::span<const std::vector<Pixel>> rings, std::string_view attributes) {
  path(rings, "Z", fmt::format(R"(fill-rule="evenodd" {})", attributes));
}

void SvgWriter::path(std::span<const std::vector<Pixel>> lines, std::string_view close,
                     std::string_view attributes) {
  std::string data;
  for (const std::vector<Pixel>& line : lines) {
    if (line.size() < 2) continue;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (i < 2) data += i == 0 ? "M" : "L";
      if (i > 1) data += ' ';
      put_pixel(data, line[i]);
    }
    data += close;
  }
  if (!data.empty()) out_ += fmt::format(R"(<path d="{}" {}/>)", data, attributes) + "\n";
}

void SvgWriter::text(Pixel at, std::string_view content, std::string_view attributes) {
  out_ += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" {}>{}</text>)", at.x, at.y, attributes,
                      xml_text(content));
}

std::string SvgWriter::finish() {
  out_ += "</svg>\n";
  return std::exchange(out_, {});
}

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
  }
  return out;
}

}  // namespace daymark::report
