#include "daymark/report/inert_svg.h"

#include <algorithm>
#include <array>
#include <vector>

namespace daymark::report {

namespace {

constexpr std::array<std::string_view, 10> inert_elements{
    "svg", "g", "rect", "circle", "line", "path", "text", "tspan", "title", "clipPath"};

constexpr std::array<std::string_view, 36> inert_attributes{"aria-label",
                                                            "clip-path",
                                                            "cx",
                                                            "cy",
                                                            "d",
                                                            "dx",
                                                            "dy",
                                                            "fill",
                                                            "fill-opacity",
                                                            "fill-rule",
                                                            "font-family",
                                                            "font-size",
                                                            "font-weight",
                                                            "height",
                                                            "id",
                                                            "opacity",
                                                            "paint-order",
                                                            "r",
                                                            "role",
                                                            "rx",
                                                            "ry",
                                                            "stroke",
                                                            "stroke-dasharray",
                                                            "stroke-linecap",
                                                            "stroke-linejoin",
                                                            "stroke-opacity",
                                                            "stroke-width",
                                                            "text-anchor",
                                                            "transform",
                                                            "viewBox",
                                                            "width",
                                                            "x",
                                                            "x1",
                                                            "x2",
                                                            "y1",
                                                            "y2"};

constexpr std::array<std::string_view, 5> inert_entities{"&amp;", "&lt;", "&gt;", "&quot;",
                                                         "&#39;"};

constexpr std::string_view svg_namespace = "http://www.w3.org/2000/svg";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

bool is_blank(char c) {
  return c == ' ' || c == '\n';
}

/// Text without markup: every ampersand begins one of the entities.
bool is_plain(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c == '<' || (c < ' ' && c != '\n')) return false;
    if (c != '&') continue;
    const std::string_view rest = text.substr(at);
    const bool known = std::ranges::any_of(
        inert_entities, [&](std::string_view entity) { return rest.starts_with(entity); });
    if (!known) return false;
  }
  return true;
}

/// Values are CSS: a function in one is a reference to an element of the same picture. Escapes
/// could spell another.
bool leads_inside(std::string_view value) {
  for (std::size_t at = value.find('('); at != std::string_view::npos;
       at = value.find('(', at + 1)) {
    const bool reference =
        value.substr(0, at).ends_with("url") && value.substr(at).starts_with("(#");
    if (!reference) return false;
  }
  return !value.contains('\\');
}

bool is_inert_attribute(std::string_view name, std::string_view value) {
  if (!is_plain(value)) return false;
  const bool words = name == "aria-label" || name == "transform";
  if (!words && !leads_inside(value)) return false;
  if (name == "xmlns") return value == svg_namespace;
  return name == "y" || std::ranges::find(inert_attributes, name) != inert_attributes.end();
}

/// Walks over the markup once.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool run() {
    while (!rest_.empty() && is_blank(rest_.back()))
      rest_.remove_suffix(1);
    if (!rest_.starts_with("<svg ")) return false;
    do {
      if (!tag()) return false;
      if (open_.empty()) return rest_.empty();
      if (!is_plain(until('<'))) return false;
    } while (!rest_.empty());
    return false;
  }

 private:
  std::string_view until(char end) {
    const std::string_view out = rest_.substr(0, rest_.find(end));
    rest_.remove_prefix(out.size());
    return out;
  }

  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  std::string_view name() {
    const auto end = std::ranges::find_if_not(rest_, is_name_character);
    const std::string_view out = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(out.size());
    return out;
  }

  bool tag() {
    if (take("</")) return close();
    if (!take("<")) return false;
    const std::string_view element = name();
    if (std::ranges::find(inert_elements, element) == inert_elements.end()) return false;
    while (!rest_.empty() && is_blank(rest_.front())) {
      rest_.remove_prefix(1);
      const bool ends = rest_.starts_with("/>") || rest_.starts_with(">");
      if (!ends && !attribute()) return false;
    }
    if (take("/>")) return true;
    open_.push_back(element);
    return take(">");
  }

  bool attribute() {
    const std::string_view key = name();
    if (!take("=\"")) return false;
    const std::string_view value = until('"');
    return take("\"") && is_inert_attribute(key, value);
  }

  bool close() {
    const bool fits = !open_.empty() && name() == open_.back();
    if (fits) open_.pop_back();
    return fits && take(">");
  }

  std::string_view rest_;
  std::vector<std::string_view> open_;
};

}  // namespace

bool is_inert_svg(std::string_view text) {
  return Scanner(text).run();
}

}  // namespace daymark::report
