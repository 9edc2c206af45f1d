// Stories: what is accepted becomes a page that fetches and runs nothing of the story's, with the
// same tags in the same turn whatever the words are.
#include <cstdlib>

#include "daymark/base/bytes.h"
#include "daymark/report/html.h"
#include "daymark/report/inert_svg.h"

namespace {

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t out = 0;
  for (std::size_t i = text.find(part); i != std::string::npos; i = text.find(part, i + 1))
    ++out;
  return out;
}

/// Markup of a page comes from this project alone.
void check_page(const std::string& page) {
  if (!page.starts_with("<!doctype html>") || !page.ends_with("</html>\n")) std::abort();
  if (count_of(page, "<script") != 1 || count_of(page, "<style") != 1) std::abort();
  for (const char* bad : {"<img", "<link", "<iframe", "<object", "<a ", "<!--", "<image", "<use"}) {
    if (count_of(page, bad) != 0) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark;
  const std::string_view text = text_of({data, size});
  (void)report::is_inert_svg(text);
  const auto story = report::parse_story(text, "story");
  if (!story) {
    if (story.error().subject != "story") std::abort();
    return 0;
  }
  if (story->acts.empty()) std::abort();
  const std::string page = report::render_html(*story);
  check_page(page);
  if (page != report::render_html(*story)) std::abort();
  return 0;
}
