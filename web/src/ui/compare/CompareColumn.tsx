// One model's answer, in half the width.
import type { Analysis, Aspect } from "../../api/types";
import { useWords } from "../../i18n";
import type { Compared } from "../../state/compared";
import { labelPercents } from "../../text/percents";
import { isUnsure } from "../certainty";
import { EvidenceText } from "../EvidenceText";
import { FACES } from "../faces";
import { PolarityIcon, RetryIcon } from "../icons";
import { ProbabilityBars } from "../ProbabilityBars";
import { differencesOf } from "./differences";

interface Props {
  text: string;
  state: Compared;
  other: Compared;
  onRetry: () => void;
}

export function CompareColumn({ text, state, other, onRetry }: Props) {
  const { t } = useWords();
  if (state.kind === "pending") return <p class="quiet">{t("turn.pending")}</p>;
  if (state.kind === "failed") {
    return (
      <div class="notice notice-wrong compare-failed">
        <span>
          {t(`error.${state.problem}`)} {t("error.said", { detail: state.detail })}
        </span>
        <button type="button" class="link" onClick={onRetry}>
          <RetryIcon />
          {t("error.retry")}
        </button>
      </div>
    );
  }
  const differing = other.kind === "done" ? differencesOf(state.answer, other.answer).aspects : [];
  return <Answer text={text} answer={state.answer} differing={differing} />;
}

function Answer({ text, answer, differing }: { text: string; answer: Analysis; differing: string[] }) {
  const { t, microseconds } = useWords();
  const mentioned = answer.aspects.filter(({ name, label }) => label !== "not_mentioned" || differing.includes(name));
  return (
    <div class="compare-answer" data-polarity={answer.label} data-label={answer.label}>
      <h4 class="compare-verdict">
        <span class="compare-face" aria-hidden="true">
          {FACES[answer.label]}
        </span>
        {t(`label.${answer.label}`)} {labelPercents(answer.probabilities)[answer.label]}%
        {isUnsure(answer) && <span class="doubt doubt-badge">{t("answer.uncertain")}</span>}
      </h4>
      <ProbabilityBars probabilities={answer.probabilities} />
      <p class="quiet">
        {answer.model} {answer.modelVersion} · {microseconds(answer.timeMicroseconds)}
        {answer.cached && ` · ${t("meta.cached")}`}
      </p>
      {!answer.languageSupported && <p class="notice">{t("compare.language")}</p>}
      {mentioned.length > 0 && (
        <ul class="chips" aria-label={t("aspects.title")}>
          {mentioned.map((aspect) => (
            <AspectChip key={aspect.name} aspect={aspect} differs={differing.includes(aspect.name)} />
          ))}
        </ul>
      )}
      <EvidenceText text={text} evidence={answer.evidence} label={answer.label} />
    </div>
  );
}

function AspectChip({ aspect, differs }: { aspect: Aspect; differs: boolean }) {
  const { t, name } = useWords();
  const label = name("label", aspect.label);
  return (
    <li class={differs ? "chip compare-differs" : "chip"} data-polarity={aspect.label} data-aspect={aspect.name}>
      <PolarityIcon label={aspect.label} />
      <span class="chip-name">{name("aspect", aspect.name)}</span>
      <span class={differs ? "" : "sr-only"}>{label}</span>
      {differs && <span class="sr-only">, {t("compare.differs")}</span>}
    </li>
  );
}
