import { useState } from "preact/hooks";
import { LABELS, type Analysis } from "../api/types";
import { useWords } from "../i18n";

export function AnswerDetails({ answer }: { answer: Analysis }) {
  const { t, name, number } = useWords();
  return (
    <details class="details">
      <summary>{t("details.title")}</summary>
      <div class="details-body">
        {answer.experts.length > 0 && <Experts answer={answer} />}
        {answer.terms.length > 0 && (
          <>
            <h5>{t("details.terms")}</h5>
            <ul class="terms">
              {answer.terms.map((term) => (
                <li key={term.term} class="term" data-polarity={term.weight > 0 ? answer.label : "against"}>
                  <span class="term-text">{term.term}</span>
                  <span class="term-weight">
                    {term.weight > 0 ? "+" : "−"}
                    {number(Math.abs(term.weight), 2)}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
        <dl class="facts">
          <dt>{t("details.model")}</dt>
          <dd>
            {answer.model} {answer.modelVersion}
          </dd>
          <dt>{t("details.language")}</dt>
          <dd>{name("composer.language", answer.language)}</dd>
          <dt>{t("details.characters")}</dt>
          <dd>{number(answer.characters)}</dd>
          <dt>{t("details.time")}</dt>
          <dd>{t("details.microseconds", { n: number(answer.timeMicroseconds) })}</dd>
        </dl>
        <CopyButton answer={answer} />
      </div>
    </details>
  );
}

function Experts({ answer }: { answer: Analysis }) {
  const { t, name, percent } = useWords();
  return (
    <table class="experts">
      <caption>{t("details.experts")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("details.expert")}</th>
          {LABELS.map((label) => (
            <th key={label} scope="col" class="numeric">
              {t(`label.${label}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {answer.experts.map((expert) => (
          <tr key={expert.name}>
            <th scope="row">{name("expert", expert.name)}</th>
            {LABELS.map((label) => (
              <td key={label} class="numeric">
                {percent(expert.probabilities[label] ?? 0)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function CopyButton({ answer }: { answer: Analysis }) {
  const { t } = useWords();
  const [copied, setCopied] = useState(false);
  if (!("clipboard" in navigator)) return null; // only pages from a secure origin have it
  const copy = () => {
    void navigator.clipboard.writeText(JSON.stringify(answer, null, 2)).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <button type="button" class="link" onClick={copy}>
      <span aria-live="polite">{copied ? t("details.copied") : t("details.copy")}</span>
    </button>
  );
}
