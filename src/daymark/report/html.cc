#include "daymark/report/html.h"

#include <fmt/format.h>

#include "daymark/base/time.h"
#include "daymark/report/chart.h"

namespace daymark::report {

namespace {

constexpr std::array<std::string_view, 3> tags{"en", "zh-Hans", "zh-Hant"};
constexpr std::array<std::string_view, 3> tag_labels{"English", "简体", "繁體"};

constexpr std::string_view style = R"(<style>
:root{--ink:#22303c;--soft:#5c6770;--line:#dde3e8;--paper:#fbfcfd;--card:#fff;--accent:#264653}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);
font:16px/1.55 system-ui,"Noto Sans CJK SC",sans-serif}
main{max-width:1040px;margin:0 auto;padding:24px 20px 60px}h1{font-size:28px;margin:8px 0}
h2{font-size:21px;margin:36px 0 10px}
.lead{color:var(--soft);max-width:75ch}nav{display:flex;gap:6px;justify-content:flex-end}
nav button{border:1px solid var(--line);background:var(--card);border-radius:6px;
padding:4px 10px;cursor:pointer;font:inherit;font-size:14px}
nav button[aria-pressed=true]{background:var(--accent);color:#fff}
figure{margin:14px 0;background:var(--card);border:1px solid var(--line);border-radius:10px;
padding:14px}figure svg{width:100%;height:auto;display:block}
figcaption{color:var(--soft);font-size:14px;margin-top:6px}
.step{background:var(--card);border:1px solid var(--line);border-left:5px solid #9db4c0;
border-radius:8px;padding:10px 14px;margin:10px 0}
.step.granted{border-left-color:#2a9d8f}.step.refused{border-left-color:#d1495b}
.step.restriction{border-left-color:#e9a13b}.step.finding{border-left-color:#6d597a}
.step time{color:var(--soft);font-size:13px;font-variant-numeric:tabular-nums}
.step p{margin:2px 0 4px}
pre{background:#f1f4f6;border-radius:6px;padding:8px 10px;overflow-x:auto;font-size:12.5px;
line-height:1.45;margin:6px 0}
.verdict{border-top:1px dashed var(--line);margin-top:8px;padding-top:6px;font-size:14px}
.verdict b{text-transform:none}
.level{display:inline-block;border:1px solid var(--line);border-radius:10px;padding:0 8px;
font-size:12px;margin-left:6px}
.forge{color:#a03344;font-size:13px}ol.marks{columns:2;font-size:14px;color:var(--soft);
padding-left:22px}
.limits li{margin:4px 0}[data-l]{display:none}
body[data-lang=en] [data-l=en],body[data-lang=zh-Hans] [data-l=zh-Hans],
body[data-lang=zh-Hant] [data-l=zh-Hant]{display:inline}
@media (max-width:700px){ol.marks{columns:1}}
</style>)";

constexpr std::string_view script = R"(<script>
const show=l=>{document.body.dataset.lang=l;document.documentElement.lang=l;
document.querySelectorAll('nav button').forEach(b=>b.setAttribute('aria-pressed',
b.dataset.to===l))};
document.querySelectorAll('nav button').forEach(b=>b.addEventListener('click',
()=>show(b.dataset.to)));
show(document.body.dataset.lang);
</script>)";

const Translated timeline_title{"What each chip was allowed to do, over time",
                                "各芯片在不同时间的许可状态", "各晶片在不同時間的許可狀態"};
const Translated throughput_title{"Throughput of the real workloads", "真实工作负载的吞吐量",
                                  "真實工作負載的吞吐量"};
const Translated map_title{"Where the delays prove the chip to be", "时延所证明的芯片位置",
                           "時延所證明的晶片位置"};
const Translated limits_title{"What this does not show", "本报告不能证明的内容",
                              "本報告不能證明的內容"};
const Translated closing_title{"Check it yourself", "自行验证", "自行驗證"};
const Translated forge_text{"root on the host could forge this", "主机 root 用户可伪造此项",
                            "主機 root 使用者可偽造此項"};
const Translated as_of_text{"as of", "截至", "截至"};

/// All three languages side by side; the style sheet shows one.
std::string say(const Translated& text) {
  std::string out;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    out += fmt::format(R"(<span data-l="{0}" lang="{0}">{1}</span>)", tags[i], escape(text[i]));
  }
  return out;
}

std::string heading(const Translated& text) {
  return fmt::format("<h2>{}</h2>\n", say(text));
}

std::string figure(const Translated& title, const std::string& svg, const std::string& below = {}) {
  if (svg.empty()) return {};
  return fmt::format("{}<figure>{}{}</figure>\n", heading(title), svg, below);
}

std::string mark_list(const std::vector<Mark>& marks) {
  std::string out = R"(<figcaption><ol class="marks">)";
  for (const Mark& mark : marks)
    out += fmt::format("<li>{} {}</li>", to_rfc3339(mark.time).substr(5, 11), say(mark.label));
  return out + "</ol></figcaption>";
}

std::string verdict_html(const Verdict& verdict) {
  std::string out = fmt::format(R"(<div class="verdict"><b>{}</b>)", escape(verdict.verdict));
  if (!verdict.reason_name.empty()) {
    out += fmt::format(" <code>{}</code> {}", escape(verdict.reason_name),
                       escape(verdict.reason_text));
  }
  if (!verdict.level.empty())
    out += fmt::format(R"( <span class="level">{}</span>)", escape(verdict.level));
  if (!verdict.as_of.empty()) out += fmt::format(" {} {}", say(as_of_text), escape(verdict.as_of));
  if (verdict.forgeable) out += fmt::format(R"( <span class="forge">⚠ {}</span>)", say(forge_text));
  if (!verdict.grounds.empty()) {
    out += "<ul>";
    for (const std::string& ground : verdict.grounds)
      out += fmt::format("<li>{}</li>", escape(ground));
    out += "</ul>";
  }
  return out + "</div>";
}

std::string_view class_of(Tone tone) {
  switch (tone) {
    case Tone::granted: return "granted";
    case Tone::refused: return "refused";
    case Tone::restriction: return "restriction";
    case Tone::finding: return "finding";
    case Tone::note: break;
  }
  return "note";
}

std::string step_html(const Step& step) {
  std::string out = fmt::format(R"(<div class="step {}"><time>{}</time><p>{}</p>)",
                                class_of(step.tone), to_rfc3339(step.time), say(step.text));
  if (!step.command.empty())
    out += fmt::format("<pre>$ {}\n{}</pre>", escape(step.command), escape(step.output));
  for (const Verdict& verdict : step.verdicts)
    out += verdict_html(verdict);
  return out + "</div>\n";
}

std::string act_html(const Act& act) {
  std::string out = heading(act.title);
  for (const Step& step : act.steps)
    out += step_html(step);
  return out;
}

std::string limits_html(const Story& story) {
  if (story.limits.empty()) return {};
  std::string out = heading(limits_title) + R"(<ul class="limits">)";
  for (const Translated& limit : story.limits)
    out += fmt::format("<li>{}</li>", say(limit));
  return out + "</ul>\n";
}

std::string closing_html(const Story& story) {
  if (story.closing_commands.empty()) return {};
  std::string out = heading(closing_title) + "<pre>";
  for (const std::string& command : story.closing_commands)
    out += "$ " + escape(command) + "\n";
  return out + "</pre>\n";
}

std::string language_switch() {
  std::string out = "<nav>";
  for (std::size_t i = 0; i < tags.size(); ++i) {
    out += fmt::format(R"(<button type="button" data-to="{}">{}</button>)", tags[i], tag_labels[i]);
  }
  return out + "</nav>\n";
}

}  // namespace

std::string render_html(const Story& story, Language first) {
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"{0}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width,initial-scale=1\"><title>{1}</title>{2}</head>\n<body "
      "data-lang=\"{0}\"><main>\n",
      tags[static_cast<std::size_t>(first)], escape(story.title[0]), style);
  out += language_switch();
  out += fmt::format("<h1>{}</h1>\n<p class=\"lead\">{}</p>\n", say(story.title),
                     say(story.introduction));
  const std::string marks = mark_list(story.marks);
  out += figure(timeline_title, timeline_svg(story.lanes, story.marks), marks);
  out += figure(throughput_title,
                throughput_svg(story.throughput, story.marks, story.throughput_unit), marks);
  out += figure(map_title, story.map_svg);
  for (const Act& act : story.acts)
    out += act_html(act);
  return out + limits_html(story) + closing_html(story) + "</main>" + std::string(script) +
         "</body></html>\n";
}

}  // namespace daymark::report
