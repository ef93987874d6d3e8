#include "apps/tenor/pretty.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "apps/tenor/highlight.h"
#include "apps/tenor/terminal_text.h"

namespace tenor::cli {

namespace {

constexpr std::size_t kBarCells = 30;
constexpr std::size_t kAspectBarCells = 10;
constexpr std::size_t kMaxTerms = 8;
constexpr std::string_view kNotMentioned = "not_mentioned";

std::string signed_weight(float weight) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%+.2f", static_cast<double>(weight));
  return buffer;
}

void append_bar_line(std::string& out, std::string_view label, double probability, const Style& style) {
  const std::string blocks = bar(probability, kBarCells);
  out += "  ";
  append_padded(out, label, 9);
  style.paint(out, tone_of(label), blocks);
  out.append(kBarCells - std::min(kBarCells, display_width(blocks)) + 1, ' ');
  append_right(out, percent(probability), 8);
  out += '\n';
}

void append_gate(std::string& out, const engine::Verdict& verdict, const Style& style) {
  std::string line = "  asked: ";
  for (const std::string_view expert : verdict.asked) {
    line += (expert == verdict.asked.front() ? "" : ", ") + std::string(expert);
  }
  char us[32];
  std::snprintf(us, sizeof us, "%.0f", verdict.estimated_us);
  line += std::string(" · ") + to_string(verdict.method) + " · about " + us + " us";
  style.paint(out, Tone::dim, line);
  out += '\n';
}

void append_headline(std::string& out, const engine::Verdict& verdict, const Style& style) {
  const std::string_view label = verdict.overall.label_name();
  out += emoji_of(label);
  out += ' ';
  style.paint(out, tone_of(label), label);
  out += "  ";
  style.paint(out, Tone::strong, percent(static_cast<double>(verdict.overall.score())));
  std::string origin = std::string("   ") + text::to_string(verdict.language);
  if (!verdict.language_supported) origin += " (no model for this language)";
  origin += " · " + verdict.model->name + " " + verdict.model->version;
  if (verdict.invalid_bytes > 0) origin += " · " + std::to_string(verdict.invalid_bytes) + " bytes were not UTF-8";
  style.paint(out, Tone::dim, origin);
  out += '\n';
  if (verdict.overall.uncertain) {
    out += "  uncertain: too close to call at the precision that the model states\n";
  }
  if (verdict.gated) append_gate(out, verdict, style);
}

void append_terms(std::string& out, const engine::TaskVerdict& task, const PrettyLayout& layout) {
  std::string line = "  because: ";
  std::size_t used = display_width(line);
  std::size_t shown = 0;
  for (const engine::Contribution& term : task.contributions) {
    if (shown == kMaxTerms) break;
    const std::string name = printable(term.term);
    const std::string weight = signed_weight(term.weight);
    const std::size_t width = display_width(name) + 1 + weight.size() + (shown > 0 ? 3 : 0);
    if (shown > 0 && used + width > layout.columns) break;
    if (shown > 0) line += " · ";
    line += name + " " + layout.style.painted(term.weight >= 0 ? tone_of(task.label_name()) : Tone::dim, weight);
    used += width;
    ++shown;
  }
  if (shown > 0) out += line + "\n";
}

// Without colours the marked stretches are listed instead: nothing is said by colour alone.
void append_evidence_list(std::string& out, std::string_view text, const engine::TaskVerdict& task) {
  out += "  evidence:";
  for (const engine::Evidence& stretch : task.evidence) {
    out += " \"" + printable(text.substr(stretch.byte_begin, stretch.byte_end - stretch.byte_begin)) + "\" ";
    out += signed_weight(stretch.weight);
  }
  out += '\n';
}

void append_why(std::string& out, const engine::Verdict& verdict, std::string_view text, const PrettyLayout& layout) {
  const engine::TaskVerdict& task = verdict.overall;
  if (task.evidence.empty() && task.contributions.empty()) return;
  out += '\n';
  append_highlighted(out, text, task.evidence, mark_of(task.label_name()), layout.style, {.columns = layout.columns});
  if (!layout.style.colored() && !task.evidence.empty()) append_evidence_list(out, text, task);
  append_terms(out, task, layout);
}

void append_aspect(std::string& out, const engine::TaskVerdict& aspect, std::size_t name_width, std::string_view text,
                   const PrettyLayout& layout) {
  const std::string_view label = aspect.label_name();
  const std::string blocks = bar(static_cast<double>(aspect.score()), kAspectBarCells);
  std::string line = "  ";
  append_padded(line, aspect.task->name, name_width);
  line += "  ";
  line += emoji_of(label);
  line += ' ';
  layout.style.paint(line, tone_of(label), label);
  line += aspect.uncertain ? '?' : ' ';
  line.append(label.size() < 8 ? 8 - label.size() : 0, ' ');
  layout.style.paint(line, tone_of(label), blocks);
  line.append(kAspectBarCells - std::min(kAspectBarCells, display_width(blocks)), ' ');
  append_right(line, percent(static_cast<double>(aspect.score())), 8);
  const auto best = std::find_if(aspect.evidence.begin(), aspect.evidence.end(),
                                 [](const engine::Evidence& stretch) { return stretch.weight > 0; });
  if (best != aspect.evidence.end()) {
    const std::string words = printable(text.substr(best->byte_begin, best->byte_end - best->byte_begin));
    const std::size_t used = 2 + name_width + 2 + 3 + 9 + kAspectBarCells + 8 + 2;
    line += "  ";
    layout.style.paint(line, Tone::dim, clip(words, layout.columns > used + 8 ? layout.columns - used : 8));
  }
  out += line + "\n";
}

void append_aspects(std::string& out, const engine::Verdict& verdict, std::string_view text,
                    const PrettyLayout& layout) {
  if (verdict.aspects.empty()) return;
  std::size_t name_width = 0;
  std::size_t mentioned = 0;
  for (const engine::TaskVerdict& aspect : verdict.aspects) {
    if (aspect.label_name() == kNotMentioned) continue;
    ++mentioned;
    name_width = std::max(name_width, display_width(aspect.task->name));
  }
  out += '\n';
  for (const engine::TaskVerdict& aspect : verdict.aspects) {
    if (aspect.label_name() != kNotMentioned) append_aspect(out, aspect, name_width, text, layout);
  }
  if (const std::size_t rest = verdict.aspects.size() - mentioned; rest > 0) {
    out += "  ";
    layout.style.paint(out, Tone::dim, std::to_string(rest) + (rest == 1 ? " aspect" : " aspects") + " not mentioned");
    out += '\n';
  }
}

void append_sentences(std::string& out, const engine::Verdict& verdict, std::string_view text,
                      const PrettyLayout& layout) {
  static constexpr std::size_t kTextColumn = 2 + 3 + 9 + 8 + 2;
  if (verdict.by_sentence) out += '\n';
  for (const engine::SentenceVerdict& sentence : verdict.sentences) {
    const std::string_view label = sentence.overall.label_name();
    std::string name;
    append_padded(name, label, 9);
    out += "  ";
    append_padded(out, emoji_of(label), 2);
    out += ' ';
    layout.style.paint(out, tone_of(label), name);
    append_right(out, percent(static_cast<double>(sentence.overall.score())), 8);
    const text::Sentence& place = sentence.place;
    const std::size_t room = layout.columns > kTextColumn + 20 ? layout.columns - kTextColumn : 20;
    out += "  " + clip(printable(text.substr(place.byte_begin, place.byte_end - place.byte_begin)), room) + "\n";
  }
  if (verdict.sentences_left_out > 0) {
    layout.style.paint(out, Tone::dim, "  " + std::to_string(verdict.sentences_left_out) + " more sentences");
    out += '\n';
  }
}

}  // namespace

void append_pretty(std::string& out, const engine::Verdict& verdict, std::string_view text,
                   const PrettyLayout& layout) {
  append_headline(out, verdict, layout.style);
  const engine::TaskInfo& task = *verdict.overall.task;
  for (std::size_t i = 0; i < task.labels.size() && i < engine::kMaxLabels; ++i) {
    append_bar_line(out, task.labels[i], static_cast<double>(verdict.overall.probabilities[i]), layout.style);
  }
  append_why(out, verdict, text, layout);
  append_aspects(out, verdict, text, layout);
  append_sentences(out, verdict, text, layout);
}

}  // namespace tenor::cli
