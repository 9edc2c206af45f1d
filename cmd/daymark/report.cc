// daymark report: one page out of the story that a rehearsal wrote.
#include "commands.h"

#include "daymark/base/file.h"
#include "daymark/report/html.h"

namespace daymark::cli {

void add_report(CLI::App& app, Session& session) {
  auto story = std::make_shared<std::string>();
  auto out = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("report", "Render a story as a self-contained page");
  command->add_option("story", *story, "JSON, see docs/formats/story.md")->required();
  command->add_option("--out", *out, "HTML file to write")->required();
  command->footer("Example: daymark report out/demo/story.json --out out/demo/report.html");
  session.on_run(*command, [story, out, &session]() -> Outcome<Exit> {
    DAYMARK_TRY(const std::string text, read_text(*story));
    DAYMARK_TRY(const report::Story parsed, report::parse_story(text, *story));
    DAYMARK_CHECK(write_text(*out, report::render_html(parsed, session.language())));
    session.print({{"report", *out}}, *out + " written");
    return Exit::success;
  });
}

}  // namespace daymark::cli
