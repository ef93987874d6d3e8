// One text, two models, side by side.
import { useId, useState } from "preact/hooks";
import type { AnalyzeRequest } from "../../api/client";
import type { Analysis, Model } from "../../api/types";
import { useWords } from "../../i18n";
import "../../i18n/panels";
import { useAnswerOf, useNames, type Compared } from "../../state/compared";
import "../../styles/compare.css";
import { CompareColumn } from "./CompareColumn";
import { differencesOf } from "./differences";

interface Props {
  request: AnalyzeRequest;
  answer: Analysis; // that the text was given before
  models: readonly Model[];
}

export function ComparePanel({ request, answer, models }: Props) {
  const { t } = useWords();
  const names = useNames(models, answer.arm !== undefined);
  if (!names) return <p class="quiet compare">{t("part.loading")}</p>;
  if (names.length < 2) return <p class="quiet compare">{t("compare.none")}</p>;
  const own = names.find((name) => name === (answer.arm ?? answer.model)) ?? names[0] ?? "";
  const other = names.find((name) => name !== own) ?? own;
  return <Pair request={request} names={names} first={own} second={other} />;
}

interface PairProps {
  request: AnalyzeRequest;
  names: string[];
  first: string;
  second: string;
}

function Pair({ request, names, first, second }: PairProps) {
  const { t } = useWords();
  const [left, setLeft] = useState(first);
  const [right, setRight] = useState(second);
  const [ofLeft, retryLeft] = useAnswerOf(request, left);
  const [ofRight, retryRight] = useAnswerOf(request, right);
  return (
    <section class="compare" aria-label={t("compare.title")} data-testid="compare">
      <Outcome left={ofLeft} right={ofRight} />
      <div class="compare-columns">
        <div class="compare-column" data-testid="compare-left">
          <ModelChoice label={t("compare.left")} names={names} value={left} onChange={setLeft} />
          <CompareColumn text={request.text} state={ofLeft} other={ofRight} onRetry={retryLeft} />
        </div>
        <div class="compare-column" data-testid="compare-right">
          <ModelChoice label={t("compare.right")} names={names} value={right} onChange={setRight} />
          <CompareColumn text={request.text} state={ofRight} other={ofLeft} onRetry={retryRight} />
        </div>
      </div>
    </section>
  );
}

interface ChoiceProps {
  label: string;
  names: string[];
  value: string;
  onChange: (name: string) => void;
}

function ModelChoice({ label, names, value, onChange }: ChoiceProps) {
  const id = useId();
  return (
    <div class="setting">
      <label for={id}>{label}</label>
      <select id={id} class="select" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

function Outcome({ left, right }: { left: Compared; right: Compared }) {
  const { t, name, list } = useWords();
  return (
    <p role="status" class="compare-outcome" data-testid="compare-outcome">
      {words()}
    </p>
  );

  function words(): string {
    if (left.kind !== "done" || right.kind !== "done") {
      return t(left.kind === "failed" || right.kind === "failed" ? "compare.failed" : "turn.pending");
    }
    const { label, aspects } = differencesOf(left.answer, right.answer);
    const named = list(aspects.map((aspect) => name("aspect", aspect)));
    const verdict = t(label ? "compare.differ" : "compare.agree");
    return aspects.length > 0 ? `${verdict} ${t("compare.aspects", { aspects: named })}` : verdict;
  }
}
