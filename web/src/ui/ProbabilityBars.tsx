import { LABELS, type Probabilities } from "../api/types";
import { useWords } from "../i18n";
import { wholePercents } from "../text/percents";

export function ProbabilityBars({ probabilities }: { probabilities: Probabilities }) {
  const { t } = useWords();
  const percents = wholePercents(LABELS.map((label) => probabilities[label] ?? 0));
  return (
    <ul class="bars" aria-label={t("answer.bars")} data-testid="bars">
      {LABELS.map((label, i) => (
        <li key={label} class="bar" data-polarity={label}>
          <span class="bar-label">{t(`label.${label}`)}</span>
          <span class="bar-track" aria-hidden="true">
            <span class="bar-fill" style={{ width: `${(probabilities[label] ?? 0) * 100}%` }} />
          </span>
          <span class="bar-value">{percents[i]}%</span>
        </li>
      ))}
    </ul>
  );
}
