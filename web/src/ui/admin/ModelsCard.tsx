// The repository's models: which version is served, and which shall be.
import { useId, useState } from "preact/hooks";
import { orderModels, type KeptModel, type ModelOrder, type Models } from "../../api/models";
import { useWords } from "../../i18n";
import type { Watched } from "../../state/admin";
import { SureButton } from "../SureButton";
import { Problem } from "./AdminPanel";

export function ModelsCard({ watched }: { watched: Watched<Models> }) {
  const { t, number } = useWords();
  const { told, problem, busy, order } = watched;
  if (!told) return null;
  const give = (what: ModelOrder) => order(() => orderModels(what));
  return (
    <section class="model" aria-labelledby="admin-models" data-testid="admin-models" aria-busy={busy}>
      <div class="figure-head">
        <h3 class="model-name" id="admin-models">
          {t("admin.models")}
        </h3>
        {told.changeable && (
          <button
            type="button"
            class="button"
            disabled={busy}
            onClick={() => give({ kind: "rescan" })}
            data-testid="rescan"
          >
            {t("admin.rescan")}
          </button>
        )}
      </div>
      {problem && <Problem problem={problem} />}
      {told.changeable ? (
        <ul class="admin-models">
          {told.models.map((model) => (
            <ModelRow key={model.name} model={model} busy={busy} onOrder={give} />
          ))}
        </ul>
      ) : (
        <p class="quiet">{t("admin.fixed")}</p>
      )}
      {told.draining > 0 && <p class="quiet">{t("admin.draining", { n: number(told.draining) })}</p>}
    </section>
  );
}

interface RowProps {
  model: KeptModel;
  busy: boolean;
  onOrder: (order: ModelOrder) => void;
}

const NEWEST = ""; // no version is called so

function ModelRow({ model, busy, onOrder }: RowProps) {
  const { t } = useWords();
  const id = useId();
  const [version, setVersion] = useState(NEWEST);
  const { name, served, pinned, versions, refused } = model;
  const newest = versions[versions.length - 1] ?? "";
  return (
    <li class="admin-model" data-model={name}>
      <p>
        <strong>{name}</strong>{" "}
        <span class="quiet" data-testid="served">
          {t("admin.served")}: {served || t("admin.none")}
          {pinned && ` · ${t("admin.pinned")}`}
        </span>
      </p>
      {refused !== "" && <p class="notice notice-wrong">{t("admin.refused", { why: refused })}</p>}
      <div class="file-actions">
        <label class="sr-only" for={id}>
          {t("admin.version", { name })}
        </label>
        <select
          id={id}
          class="select"
          value={version}
          onChange={(event) => setVersion(event.currentTarget.value)}
          data-testid="version"
        >
          <option value={NEWEST}>{t("admin.newest", { version: newest })}</option>
          {versions.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
        <button
          type="button"
          class="button button-main"
          disabled={busy}
          onClick={() => onOrder({ kind: "load", name, ...(version !== NEWEST && { version }) })}
          data-testid="load"
        >
          {t("admin.load")}
        </button>
        <SureButton
          class="button"
          sure={t("admin.sure")}
          disabled={busy || served === ""}
          onSure={() => onOrder({ kind: "unload", name })}
          testId="unload"
        >
          {t("admin.unload")}
        </SureButton>
      </div>
    </li>
  );
}
