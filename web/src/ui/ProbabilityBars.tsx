import { LABELS, type Probabilities } from "../api/types";
import { useWords } from "../i18n";
import { labelPercents } from "../text/percents";

export function ProbabilityBars({ probabilities }: { probabilities: Probabilities }) {
  const { t } = useWords();
  const percents = labelPercents(probabilities);
  return (
    <ul class="bars" aria-label={t("answer.bars")} data-testid="bars">
      {LABELS.map((label) => (
        <li key={label} class="bar" data-polarity={label}>
          <span class="bar-label">{t(`label.${label}`)}</span>
          <span class="bar-track" aria-hidden="true">
            <span class="bar-fill" style={{ width: `${(probabilities[label] ?? 0) * 100}%` }} />
          </span>
          <span class="bar-value">{percents[label]}%</span>
        </li>
      ))}
    </ul>
  );
}
