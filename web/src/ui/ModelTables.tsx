// The figures of a model as words and tables.
import { BUDGETS, type Calibration, type Curve, type Gate, type Model } from "../api/types";
import { useWords } from "../i18n";

export function Facts({ model }: { model: Model }) {
  const { t, name, list, number, percent, microseconds } = useWords();
  const { gate } = model;
  const experts = (names: string[]) => list(names.map((expert) => name("expert", expert)));
  return (
    <dl class="facts">
      <dt>{t("details.language")}</dt>
      <dd>{list(model.languages.map((language) => name("composer.language", language)))}</dd>
      <dt>{t("model.experts")}</dt>
      <dd>{experts(model.experts)}</dd>
      {gate && gate.method !== "" && (
        <>
          <dt>{t("details.method")}</dt>
          <dd>{name("method", gate.method)}</dd>
        </>
      )}
      {gate?.fitted && (
        <>
          <dt>{t("model.stages")}</dt>
          <dd>
            {gate.stages.map((stage, i) => (
              <span key={i} class="stage">
                {i + 1}. {experts(stage.experts)} {" – "}
                {t("model.cost", {
                  fixed: microseconds(stage.fixedMicroseconds),
                  character: microseconds(stage.characterMicroseconds),
                })}
              </span>
            ))}
          </dd>
        </>
      )}
      {gate?.precision !== undefined && (
        <>
          <dt>{t("model.precision")}</dt>
          <dd>{t("model.precision.value", { percent: percent(gate.precision) })}</dd>
        </>
      )}
      <dt>{t("model.aspects")}</dt>
      <dd>{number(model.aspects.length)}</dd>
      {model.digest !== "" && (
        <>
          <dt>{t("model.digest")}</dt>
          <dd>
            <code title={model.digest}>{model.digest.slice(0, 12)}</code>
          </dd>
        </>
      )}
    </dl>
  );
}

export function CurveTable({ curve }: { curve: Curve }) {
  const { t, number, percent, microseconds } = useWords();
  return (
    <table class="figures">
      <thead>
        <tr>
          <th scope="col">{t("model.budget")}</th>
          <th scope="col" class="numeric">
            {t("model.time")}
          </th>
          <th scope="col" class="numeric">
            {t("model.asked")}
          </th>
          <th scope="col" class="numeric">
            {t("model.score.accuracy")}
          </th>
          <th scope="col" class="numeric">
            {t("model.score.macroF1")}
          </th>
        </tr>
      </thead>
      <tbody>
        {BUDGETS.map((budget) => {
          const point = curve.budgets[budget];
          return (
            point && (
              <tr key={budget} data-budget={budget}>
                <th scope="row">{t(`budget.${budget}`)}</th>
                <td class="numeric">{microseconds(point.us)}</td>
                <td class="numeric">{percent(point.asked)}</td>
                <td class="numeric">{number(point.accuracy * 100, 1)}%</td>
                <td class="numeric">{number(point.macroF1 * 100, 1)}%</td>
              </tr>
            )
          );
        })}
      </tbody>
    </table>
  );
}

export function CalibrationFigures({ calibration }: { calibration: Calibration }) {
  const { t, number } = useWords();
  return (
    <>
      <dl class="scores">
        <div>
          <dt>
            <abbr title={t("model.ece.long")}>ECE</abbr>
          </dt>
          <dd data-testid="ece">{number(calibration.ece, 4)}</dd>
        </div>
        <div>
          <dt>
            <abbr title={t("model.brier.long")}>Brier</abbr>
          </dt>
          <dd data-testid="brier">{number(calibration.brier, 4)}</dd>
        </div>
        <div>
          <dt>{t("model.answers")}</dt>
          <dd>{number(calibration.rows)}</dd>
        </div>
      </dl>
      <p class="quiet">{t("model.reliability.hint")}</p>
      <details class="model-more">
        <summary>{t("model.bins")}</summary>
        <table class="figures" data-testid="bins">
          <thead>
            <tr>
              <th scope="col">{t("model.confidence")}</th>
              <th scope="col" class="numeric">
                {t("model.right")}
              </th>
              <th scope="col" class="numeric">
                {t("model.answers")}
              </th>
            </tr>
          </thead>
          <tbody>
            {calibration.bins.map((bin) => (
              <tr key={bin.low}>
                <th scope="row">{number(bin.confidence * 100, 1)}%</th>
                <td class="numeric">{number(bin.accuracy * 100, 1)}%</td>
                <td class="numeric">{number(bin.count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

// All ways to make one answer side by side, and what `uncertain` keeps.
export function Methods({ gate }: { gate: Gate }) {
  const { t, name, number, percent } = useWords();
  const kept = (["three_class", "two_class"] as const).flatMap((kind) => {
    const rows = gate.selective[kind];
    return rows ? [{ kind, rows }] : [];
  });
  return (
    <>
      {gate.methods.length > 0 && (
        <details class="model-more">
          <summary>{t("model.methods")}</summary>
          <table class="figures">
            <thead>
              <tr>
                <th scope="col">{t("details.method")}</th>
                <th scope="col" class="numeric">
                  {t("model.score.macroF1")}
                </th>
                <th scope="col" class="numeric">
                  {t("model.log_loss")}
                </th>
              </tr>
            </thead>
            <tbody>
              {gate.methods.map((item) => (
                <tr key={item.method}>
                  <th scope="row">{name("method", item.method)}</th>
                  <td class="numeric">{item.macroF1 === undefined ? "–" : `${number(item.macroF1 * 100, 1)}%`}</td>
                  <td class="numeric">{item.logLoss === undefined ? "–" : number(item.logLoss, 3)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
      {kept.map(({ kind, rows }) => (
        <p key={kind} data-testid="selective">
          {t(`model.selective.${kind}`, { kept: percent(rows.kept), right: `${number(rows.precision * 100, 1)}%` })}
        </p>
      ))}
      <p class="quiet">{t("model.rows", { n: number(gate.rows) })}</p>
    </>
  );
}
