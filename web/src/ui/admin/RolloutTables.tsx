// A rollout's figures as tables.
import type { Arm, Decision, Rollout, Signal } from "../../api/rollout";
import { useWords } from "../../i18n";

const POLARITIES: Record<string, string> = { cleared: "positive", harmful: "negative" };

export function SignalTable({ signals }: { signals: Signal[] }) {
  const { t, name, number, microseconds } = useWords();
  const told = (signal: string, value: number | undefined) => {
    if (value === undefined) return "–";
    return signal === "latency" ? microseconds(value) : `${number(value * 100, 2)}%`;
  };
  return (
    <table class="figures">
      <caption class="quiet">{t("admin.signals")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("admin.signal")}</th>
          <th scope="col" class="numeric">
            {t("admin.live")}
          </th>
          <th scope="col" class="numeric">
            {t("admin.canary.column")}
          </th>
          <th scope="col">{t("admin.finding")}</th>
        </tr>
      </thead>
      <tbody>
        {signals.map((one) => (
          <tr key={one.signal} data-signal={one.signal}>
            <th scope="row">{name("signal", one.signal)}</th>
            <td class="numeric">{told(one.signal, one.live)}</td>
            <td class="numeric">{told(one.signal, one.canary)}</td>
            <td>
              <span class="pill" data-polarity={POLARITIES[one.finding] ?? ""}>
                {name("finding", one.finding)}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function ArmsTable({ rollout, shares }: { rollout: Rollout; shares: Record<string, number> }) {
  const { t, number } = useWords();
  return (
    <div class="admin-wide">
      <table class="figures" data-testid="arms">
        <caption class="quiet">{t("admin.arms")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("admin.arm")}</th>
            <th scope="col">{t("admin.role")}</th>
            {(["traffic", "requests", "error_rate", "latency", "accuracy"] as const).map((column) => (
              <th key={column} scope="col" class="numeric">
                {t(`admin.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rollout.arms.map((arm) => (
            <ArmRow key={arm.name} arm={arm} share={`${number((shares[arm.name] ?? 0) * 100, 1)}%`} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ArmRow({ arm, share }: { arm: Arm; share: string }) {
  const { t, name, number, percent, microseconds } = useWords();
  const { total } = arm;
  return (
    <tr data-arm={arm.name}>
      <th scope="row">{arm.name}</th>
      <td>{name("role", arm.role)}</td>
      {total ? (
        <>
          <td class="numeric">{share}</td>
          <td class="numeric">{number(total.requests)}</td>
          <td class="numeric">{total.errorRate === undefined ? "–" : `${number(total.errorRate * 100, 2)}%`}</td>
          <td class="numeric">
            {total.latencyMicroseconds === undefined ? "–" : microseconds(total.latencyMicroseconds)}
          </td>
          <td class="numeric">{total.accuracy === undefined ? "–" : percent(total.accuracy)}</td>
        </>
      ) : (
        <td class="numeric" colSpan={5}>
          {arm.disagreement === undefined ? "–" : t("admin.disagreement", { percent: percent(arm.disagreement) })}
        </td>
      )}
    </tr>
  );
}

export function DecisionList({ decisions }: { decisions: Decision[] }) {
  const { t, name, language } = useWords();
  const format = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en", {
    dateStyle: "medium",
    timeStyle: "medium",
  });
  const told = (time: string) => (Number.isNaN(Date.parse(time)) ? time : format.format(Date.parse(time)));
  return (
    <section aria-labelledby="admin-history">
      <h4 class="figure-title" id="admin-history">
        {t("admin.history")}
      </h4>
      <ol class="admin-decisions" data-testid="decisions" tabIndex={0}>
        {decisions.map((decision) => (
          <li key={decision.sequence} data-move={decision.move}>
            <time class="quiet" dateTime={decision.time}>
              {told(decision.time)}
            </time>{" "}
            <strong>{name("move", decision.move)}</strong>, {t(decision.automatic ? "admin.by_guard" : "admin.by_hand")}
            : {decision.reason}
          </li>
        ))}
      </ol>
    </section>
  );
}
