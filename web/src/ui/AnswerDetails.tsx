import { Fragment } from "preact";
import { useState } from "preact/hooks";
import { LABELS, type Analysis, type Model } from "../api/types";
import { useWords } from "../i18n";
import { notAsked } from "./certainty";

export function AnswerDetails({ answer, model }: { answer: Analysis; model: Model | undefined }) {
  const { t, name, number, percent, microseconds } = useWords();
  return (
    <details class="details">
      <summary>{t("details.title")}</summary>
      <div class="details-body">
        {answer.experts.length > 0 && <Experts answer={answer} left={notAsked(answer, model)} />}
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
          <dd>
            {microseconds(answer.timeMicroseconds)}
            {answer.cached && ` · ${t("meta.cached")}`}
          </dd>
          {answer.method !== "" && (
            <>
              <dt>{t("details.method")}</dt>
              <dd>{name("method", answer.method)}</dd>
            </>
          )}
          {answer.estimatedMicroseconds !== undefined && (
            <>
              <dt>{t("details.estimated")}</dt>
              <dd>{microseconds(answer.estimatedMicroseconds)}</dd>
            </>
          )}
          {answer.readings.map((reading) => (
            <Fragment key={reading.name}>
              <dt>{t("details.reading", { expert: name("expert", reading.name) })}</dt>
              <dd data-testid="reading">
                {t("details.read", {
                  tokens: number(reading.tokens),
                  windows: number(reading.windows),
                  percent: percent(reading.coverage),
                })}
              </dd>
            </Fragment>
          ))}
        </dl>
        <CopyButton answer={answer} />
      </div>
    </details>
  );
}

function Experts({ answer, left }: { answer: Analysis; left: string[] }) {
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
        {left.map((expert) => (
          <tr key={expert} class="quiet">
            <th scope="row">{name("expert", expert)}</th>
            <td class="numeric" colSpan={LABELS.length}>
              {t("details.not_asked")}
            </td>
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
