// One line under the verdict: who answered, whether the gate stopped there, what that took.
import type { ComponentChildren } from "preact";
import type { Analysis, Budget, Model } from "../api/types";
import { useWords } from "../i18n";
import { notAsked } from "./certainty";

interface Props {
  answer: Analysis;
  budget: Budget | undefined;
  model: Model | undefined;
}

export function AnswerMeta({ answer, budget, model }: Props) {
  const { t, name, list, microseconds } = useWords();
  const named = (experts: string[]) => list(experts.map((expert) => name("expert", expert)));
  const left = notAsked(answer, model);
  const all = model !== undefined && left.length === 0;
  const stopped = model?.gate?.fitted === true && budget !== "fast"; // by the gate, not by the reader's choice
  const windows = Math.max(0, ...answer.readings.map((reading) => reading.windows));
  return (
    <ul class="meta" aria-label={t("meta.title")} data-testid="meta">
      {answer.asked.length > 0 && (
        <Item kind={all ? "all" : "asked"}>{t(all ? "meta.all" : "meta.asked", { experts: named(answer.asked) })}</Item>
      )}
      {left.length > 0 && (
        <Item kind={stopped ? "stopped" : "left"}>
          {t(stopped ? "meta.stopped" : "meta.left", { experts: named(left) })}
        </Item>
      )}
      {budget && <Item kind="budget">{t("meta.budget", { budget: t(`budget.${budget}`) })}</Item>}
      {windows > 1 && <Item kind="windows">{t("meta.windows", { n: windows })}</Item>}
      {answer.timeMicroseconds > 0 && <Item kind="time">{microseconds(answer.timeMicroseconds)}</Item>}
      {answer.cached && <Item kind="cached">{t("meta.cached")}</Item>}
    </ul>
  );
}

function Item({ kind, children }: { kind: string; children: ComponentChildren }) {
  return (
    <li class="meta-item" data-meta={kind}>
      {children}
    </li>
  );
}

// What of a long text was not read, in words; nothing where all of it was.
export function CoverageNotice({ answer }: { answer: Analysis }) {
  const { t, name, number, percent } = useWords();
  return (
    <>
      {answer.readings
        .filter((reading) => reading.truncated)
        .map((reading) => (
          <p key={reading.name} class="notice" data-testid="truncated">
            {t("answer.truncated", {
              expert: name("expert", reading.name),
              percent: percent(reading.coverage),
              tokens: number(reading.tokens),
            })}
          </p>
        ))}
    </>
  );
}
