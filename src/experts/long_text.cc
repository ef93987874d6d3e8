#include "experts/long_text.h"

#include <algorithm>

namespace tenor::experts {

Result<LongText> read_long_text(const bundle::JsonObject& settings) {
  LongText out;
  if (!settings.has("long_text")) return out;
  const auto json = settings.object("long_text");
  if (!json) return tl::unexpected(json.error());
  const auto method = json->text("method");
  if (!method) return tl::unexpected(method.error());
  if (*method == "windows") {
    out.method = LongText::Method::windows;
  } else if (*method != "head_tail") {
    return fail(ErrorCode::unsupported, "long_text.method '" + *method + "' is unknown: head_tail, windows");
  }
  const auto share = json->number("head_share", out.head_share);
  if (!share) return tl::unexpected(share.error());
  if (!(*share >= 0 && *share <= 1)) return fail(ErrorCode::corrupt, "long_text.head_share must be from 0 to 1");
  out.head_share = *share;
  const auto overlap = json->integer("overlap", static_cast<std::int64_t>(out.overlap));
  if (!overlap) return tl::unexpected(overlap.error());
  if (*overlap < 0) return fail(ErrorCode::corrupt, "long_text.overlap must not be negative");
  out.overlap = static_cast<std::size_t>(*overlap);
  return out;
}

text::WindowPlan plan_sequences(std::size_t tokens, const LongText& method, std::size_t max_tokens) {
  const std::size_t room = max_tokens - 2;
  // Both plans exist for these arguments: room is positive and the overlap is made to fit.
  return method.method == LongText::Method::windows
             ? text::sliding_windows(tokens, room, std::min(method.overlap, room - 1)).value()
             : text::head_tail(tokens, room, method.head_share).value();
}

Coverage append_sequences(std::span<const text::TokenId> tokens, const text::SpecialTokens& special,
                          const LongText& method, std::size_t max_tokens, Sequences& out) {
  const bool windows = method.method == LongText::Method::windows;
  const text::WindowPlan plan = plan_sequences(tokens.size(), method, max_tokens);
  const auto append = [&](const text::TokenRange& range) {
    out.ids.insert(out.ids.end(), tokens.begin() + static_cast<std::ptrdiff_t>(range.begin),
                   tokens.begin() + static_cast<std::ptrdiff_t>(range.end));
  };
  const auto end_sequence = [&] {
    out.ids.push_back(special.sep);
    out.begins.push_back(static_cast<std::uint32_t>(out.ids.size()));
  };
  const std::size_t sequences = windows ? std::max<std::size_t>(plan.ranges.size(), 1) : 1;
  if (windows && !plan.ranges.empty()) {
    for (const text::TokenRange& range : plan.ranges) {
      out.ids.push_back(special.cls);
      append(range);
      end_sequence();
    }
  } else {  // head and tail together, or a text without tokens
    out.ids.push_back(special.cls);
    for (const text::TokenRange& range : plan.ranges) append(range);
    end_sequence();
  }
  return {static_cast<std::uint32_t>(tokens.size()), static_cast<std::uint32_t>(sequences),
          static_cast<float>(plan.coverage), plan.coverage < 1};
}

}  // namespace tenor::experts
