// How much of the traffic each arm takes.
import { useId, useState } from "preact/hooks";
import type { Rollout } from "../../api/rollout";
import { useWords } from "../../i18n";
import { leftForLive, sharesOf, weightsOf, type Weights } from "./shares";

interface Props {
  rollout: Rollout;
  busy: boolean;
  onApply: (weights: Weights) => void;
}

export function WeightSliders({ rollout, busy, onApply }: Props) {
  const { t, number } = useWords();
  const id = useId();
  const [moved, setMoved] = useState<Weights>({}); // those that are not applied yet
  const now = weightsOf(rollout);
  const wanted = { ...now, ...moved };
  const names = Object.keys(now);
  if (names.length === 0) return null;
  const share = (value: number) => `${number(value * 100, 1)}%`;
  const possible = leftForLive(wanted) >= 0;
  const changed = names.some((name) => wanted[name] !== now[name]);
  const apply = () => {
    onApply(wanted);
    setMoved({});
  };
  return (
    <fieldset class="admin-weights" disabled={busy} data-testid="weights">
      <legend class="figure-title">{t("admin.weights")}</legend>
      {names.map((name) => (
        <div key={name} class="admin-weight">
          <label for={`${id}-${name}`}>{t("admin.weight", { name, percent: share(wanted[name] ?? 0) })}</label>
          <input
            id={`${id}-${name}`}
            type="range"
            min="0"
            max="1"
            step="0.01"
            value={wanted[name]}
            onInput={(event) => setMoved({ ...moved, [name]: Number(event.currentTarget.value) })}
            data-arm={name}
          />
        </div>
      ))}
      <p class={possible ? "quiet" : "row-error"} role="status" data-testid="left">
        {possible
          ? t("admin.left", { name: rollout.live, percent: share(sharesOf(rollout, wanted)[rollout.live] ?? 0) })
          : t("admin.too_much")}
      </p>
      <button type="button" class="button" disabled={!changed || !possible} onClick={apply} data-testid="apply-weights">
        {t("admin.apply")}
      </button>
    </fieldset>
  );
}
