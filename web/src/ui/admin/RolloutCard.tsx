// A rollout: the canary and its stages, who answers, what was decided.
import { useId, useState } from "preact/hooks";
import { ACTIONS, allows, steer, type Action, type Canary, type Rollout } from "../../api/rollout";
import { useWords } from "../../i18n";
import type { Watched } from "../../state/admin";
import { SureButton } from "../SureButton";
import { Problem } from "./AdminPanel";
import { ArmsTable, DecisionList, SignalTable } from "./RolloutTables";
import { sharesOf, weightsOf } from "./shares";
import { WeightSliders } from "./WeightSliders";

interface Props {
  told: Rollout;
  watched: Watched<Rollout | null>;
}

export function RolloutCard({ told, watched }: Props) {
  const { t } = useWords();
  const id = useId();
  const [reason, setReason] = useState("");
  const { busy, order, problem } = watched;
  const because = reason.trim() === "" ? {} : { reason: reason.trim() };
  const act = (action: Action) => order(() => steer({ action, ...because }));
  return (
    <section class="model" aria-labelledby={`${id}-title`} data-testid="admin-rollout" aria-busy={busy}>
      <h3 class="model-name" id={`${id}-title`}>
        {t("admin.rollout", { name: told.name })}
      </h3>
      {problem && <Problem problem={problem} />}
      {told.logError !== "" && <p class="notice notice-wrong">{t("admin.log", { why: told.logError })}</p>}
      <div class="setting">
        <label for={id}>{t("admin.reason")}</label>
        <input
          class="field"
          id={id}
          value={reason}
          maxLength={200}
          onInput={(event) => setReason(event.currentTarget.value)}
          data-testid="reason"
        />
      </div>
      {told.canary && <Stages canary={told.canary} live={told.live} busy={busy} onAction={act} />}
      <ArmsTable rollout={told} shares={sharesOf(told, weightsOf(told))} />
      <WeightSliders
        rollout={told}
        busy={busy}
        onApply={(weights) => order(() => steer({ weights: { ...weights }, ...because }))}
      />
      <DecisionList decisions={told.decisions} />
    </section>
  );
}

// What cannot be taken back lightly is asked once more.
const GRAVE: readonly Action[] = ["promote", "abort"];

interface StagesProps {
  canary: Canary;
  live: string;
  busy: boolean;
  onAction: (action: Action) => void;
}

function Stages({ canary, live, busy, onAction }: StagesProps) {
  const { t, percent, name } = useWords();
  return (
    <>
      <p>
        {t("admin.canary", { model: canary.model, live })}:{" "}
        <strong data-testid="phase" data-phase={canary.phase}>
          {name("phase", canary.phase)}
        </strong>
        , {t("admin.share", { percent: percent(canary.share) })}.
      </p>
      <ol class="admin-stages" aria-label={t("admin.stages")}>
        {canary.stages.map((share, stage) => {
          const now = stage === canary.stage && canary.phase !== "rolled_back";
          return (
            <li key={stage} class="admin-stage" aria-current={now ? "step" : undefined}>
              {t("admin.stage", { percent: share < 0.01 ? `${share * 100}%` : percent(share) })}
              {now && <span class="sr-only"> ({t("admin.stage.now")})</span>}
            </li>
          );
        })}
      </ol>
      <p class="quiet">{canary.reason}</p>
      <div class="file-actions">
        {ACTIONS.filter((action) => allows(canary.phase, action)).map((action) =>
          GRAVE.includes(action) ? (
            <SureButton
              key={action}
              class="button"
              sure={`${t(`action.${action}`)}: ${t("admin.sure")}`}
              disabled={busy}
              onSure={() => onAction(action)}
              testId={`action-${action}`}
            >
              {t(`action.${action}`)}
            </SureButton>
          ) : (
            <button
              key={action}
              type="button"
              class="button"
              disabled={busy}
              onClick={() => onAction(action)}
              data-testid={`action-${action}`}
            >
              {t(`action.${action}`)}
            </button>
          ),
        )}
      </div>
      {canary.signals.length > 0 && <SignalTable signals={canary.signals} />}
    </>
  );
}
