import { useState } from "preact/hooks";
import type { Gate, Model, Questions } from "../api/types";
import { CurveChart, type Score } from "../charts/CurveChart";
import { ReliabilityChart } from "../charts/ReliabilityChart";
import { useWords } from "../i18n";
import type { Server } from "../state/server";
import { CalibrationFigures, CurveTable, Facts, Methods } from "./ModelTables";

// What is known about the models that answer here: whom they ask, what that costs, whether their probabilities are true.
export function ModelPanel({ server }: { server: Server }) {
  const { t } = useWords();
  return (
    <div class="scroll">
      <div class="column column-file">
        <h2 class="welcome-title">{t("model.title")}</h2>
        {!server.info && (
          <p class="quiet" role="status">
            {t(server.away ? "server.away" : "model.loading")}
          </p>
        )}
        {server.info?.models.map((model) => (
          <ModelCard key={model.digest || model.name} model={model} />
        ))}
      </div>
    </div>
  );
}

function ModelCard({ model }: { model: Model }) {
  const { t } = useWords();
  return (
    <section class="model" aria-label={model.name} data-testid="model" data-model={model.name}>
      <h3 class="model-name">
        {model.name} <span class="quiet">{model.version}</span>
      </h3>
      <Facts model={model} />
      {model.gate?.fitted ? (
        <FittedGate gate={model.gate} />
      ) : (
        <p class="notice" data-testid="no-gate">
          {t("model.no_gate")}
        </p>
      )}
    </section>
  );
}

const SCORES: readonly Score[] = ["macroF1", "accuracy"];
const POINTS = ["best", "fast"] as const;

function FittedGate({ gate }: { gate: Gate }) {
  const { t } = useWords();
  const questions = (["overall", "aspects"] as const).filter((name) => gate.curves[name]);
  const [question, setQuestion] = useState<Questions>(questions[0] ?? "overall");
  const [score, setScore] = useState<Score>("macroF1");
  const [budget, setBudget] = useState<(typeof POINTS)[number]>("best");
  const curve = gate.curves[question];
  const calibration = gate.calibration[budget]?.[question];
  return (
    <>
      {questions.length > 1 && (
        <Switch
          label={t("model.question")}
          options={questions.map((name) => [name, t(`model.question.${name}`)])}
          value={question}
          onChange={setQuestion}
        />
      )}
      <div class="charts">
        {curve && (
          <figure class="figure">
            <figcaption class="figure-head">
              <h4 class="figure-title">{t("model.curve")}</h4>
              <Switch
                label={t("model.score")}
                options={SCORES.map((name) => [name, t(`model.score.${name}`)])}
                value={score}
                onChange={setScore}
              />
            </figcaption>
            <CurveChart
              curve={curve}
              score={score}
              title={t("model.curve.label", { score: t(`model.score.${score}`) })}
            />
            <CurveTable curve={curve} />
          </figure>
        )}
        {calibration && (
          <figure class="figure">
            <figcaption class="figure-head">
              <h4 class="figure-title">{t("model.reliability")}</h4>
              <Switch
                label={t("budget.label")}
                options={POINTS.map((name) => [name, t(`budget.${name}`)])}
                value={budget}
                onChange={setBudget}
              />
            </figcaption>
            <ReliabilityChart calibration={calibration} title={t("model.reliability.label")} />
            <CalibrationFigures calibration={calibration} />
          </figure>
        )}
      </div>
      <Methods gate={gate} />
    </>
  );
}

interface SwitchProps<Name extends string> {
  label: string;
  options: (readonly [Name, string])[];
  value: Name;
  onChange: (value: Name) => void;
}

function Switch<Name extends string>({ label, options, value, onChange }: SwitchProps<Name>) {
  return (
    <div class="switch" role="group" aria-label={label}>
      {options.map(([name, words]) => (
        <button
          key={name}
          type="button"
          class="switch-button"
          aria-pressed={value === name}
          onClick={() => onChange(name)}
          data-choice={name}
        >
          {words}
        </button>
      ))}
    </div>
  );
}
