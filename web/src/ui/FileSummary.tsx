import { LABELS } from "../api/types";
import { useWords } from "../i18n";
import type { Results } from "../scoring/results";
import { wholePercents } from "../text/percents";
import { FACES } from "./faces";

export function FileSummary({ results }: { results: Results }) {
  const { t, number } = useWords();
  const counts = LABELS.map((label) => results.count(label));
  const percents = wholePercents(counts);
  const scored = counts.reduce((sum, count) => sum + count, 0);
  return (
    <section class="summary" aria-label={t("file.summary")} data-testid="summary">
      <div class="stack" aria-hidden="true">
        {LABELS.filter((label) => results.count(label) > 0).map((label) => (
          <span
            key={label}
            class="stack-part"
            data-polarity={label}
            style={{ width: `${(results.count(label) / scored) * 100}%` }}
          />
        ))}
      </div>
      <dl class="tally">
        {LABELS.map((label, i) => (
          <div key={label} class="tally-item" data-polarity={label}>
            <dt>
              <span aria-hidden="true">{FACES[label]} </span>
              {t(`label.${label}`)}
            </dt>
            <dd>
              <strong>{percents[i]}%</strong> <span class="quiet">{number(counts[i] ?? 0)}</span>
            </dd>
          </div>
        ))}
        {results.uncertainCount !== undefined && (
          <div class="tally-item">
            <dt>{t("file.uncertain")}</dt>
            <dd>
              <strong data-testid="uncertain-rows">{number(results.uncertainCount)}</strong>
            </dd>
          </div>
        )}
        <div class="tally-item">
          <dt>{t("file.errors")}</dt>
          <dd>
            <strong data-testid="errors">{number(results.errorCount)}</strong>
          </dd>
        </div>
      </dl>
    </section>
  );
}
