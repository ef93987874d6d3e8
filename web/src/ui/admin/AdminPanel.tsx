// Models and rollout, for those who may change them.
import type { ApiProblem } from "../../api/client";
import { keptModels } from "../../api/models";
import { rollout } from "../../api/rollout";
import { useWords } from "../../i18n";
import "../../i18n/panels";
import { useWatched } from "../../state/admin";
import { useVisible } from "../../state/visible";
import "../../styles/admin.css";
import { AlertIcon } from "../icons";
import { ModelsCard } from "./ModelsCard";
import { RolloutCard } from "./RolloutCard";

// null: there is none.
const askRollout = async (signal: AbortSignal) => (await rollout(signal)) ?? null;

export function AdminPanel() {
  const { t } = useWords();
  const visible = useVisible();
  const models = useWatched(keptModels, visible);
  const steered = useWatched(askRollout, visible);
  return (
    <div class="scroll">
      <div class="column column-file">
        <h2 class="welcome-title">{t("admin.title")}</h2>
        {models.told ? <ModelsCard watched={models} /> : <Waiting problem={models.problem} />}
        {steered.told ? (
          <RolloutCard told={steered.told} watched={steered} />
        ) : steered.told === null ? (
          <p class="quiet" data-testid="no-rollout">
            {t("admin.no_rollout")}
          </p>
        ) : (
          <Waiting problem={steered.problem} />
        )}
      </div>
    </div>
  );
}

function Waiting({ problem }: { problem: ApiProblem | undefined }) {
  const { t } = useWords();
  return problem ? <Problem problem={problem} /> : <p class="quiet">{t("admin.loading")}</p>;
}

export function Problem({ problem }: { problem: ApiProblem }) {
  const { t } = useWords();
  return (
    <p class="notice notice-wrong" role="alert" data-testid="admin-problem">
      <AlertIcon />
      <span>
        {t(`error.${problem.kind}`)} {problem.kind === "refused" && t("error.said", { detail: problem.detail })}
      </span>
    </p>
  );
}
