import { useState } from "preact/hooks";
import type { Aspect } from "../api/types";
import { useWords } from "../i18n";
import { isUnsure } from "./certainty";
import { DoubtIcon, PolarityIcon } from "./icons";

interface Props {
  aspects: Aspect[];
  pinned: string | undefined;
  onPreview: (name: string | undefined) => void;
  onPin: (name: string | undefined) => void;
}

export function AspectChips({ aspects, pinned, onPreview, onPin }: Props) {
  const { t, name } = useWords();
  const [showAll, setShowAll] = useState(false);
  const mentioned = aspects.filter((aspect) => aspect.label !== "not_mentioned");
  const rest = aspects.filter((aspect) => aspect.label === "not_mentioned");
  return (
    <section class="answer-part" aria-label={t("aspects.title")}>
      <h4 class="part-title">{t("aspects.title")}</h4>
      {mentioned.length === 0 && <p class="quiet">{t("aspects.none")}</p>}
      <ul class="chips" data-testid="chips">
        {mentioned.map((aspect) => (
          <li key={aspect.name}>
            <Chip
              aspect={aspect}
              pinned={pinned === aspect.name}
              onPreview={onPreview}
              onPin={() => onPin(pinned === aspect.name ? undefined : aspect.name)}
            />
          </li>
        ))}
        {showAll &&
          rest.map((aspect) => (
            <li key={aspect.name} class="chip chip-absent">
              {name("aspect", aspect.name)}
              <span class="sr-only">, {t("label.not_mentioned")}</span>
            </li>
          ))}
      </ul>
      <div class="chips-foot">
        {mentioned.length > 0 && <p class="quiet">{t("aspects.hint")}</p>}
        {rest.length > 0 && (
          <button type="button" class="link" aria-expanded={showAll} onClick={() => setShowAll(!showAll)}>
            {showAll ? t("aspects.hide") : t("aspects.show", { n: rest.length })}
          </button>
        )}
      </div>
    </section>
  );
}

interface ChipProps {
  aspect: Aspect;
  pinned: boolean;
  onPreview: Props["onPreview"];
  onPin: () => void;
}

function Chip({ aspect, pinned, onPreview, onPin }: ChipProps) {
  const { t, name, percent } = useWords();
  const unsure = isUnsure(aspect);
  return (
    <button
      type="button"
      class={unsure ? "chip chip-unsure" : "chip"}
      data-polarity={aspect.label}
      data-aspect={aspect.name}
      aria-pressed={pinned}
      onClick={onPin}
      onMouseEnter={() => onPreview(aspect.name)}
      onMouseLeave={() => onPreview(undefined)}
      onFocus={() => onPreview(aspect.name)}
      onBlur={() => onPreview(undefined)}
    >
      <PolarityIcon label={aspect.label} />
      <span class="chip-name">{name("aspect", aspect.name)}</span>
      <span class="chip-label">{name("label", aspect.label)}</span>
      <span class="chip-score">{percent(aspect.score)}</span>
      {unsure && (
        <span class="doubt" title={t("aspects.unsure")}>
          <DoubtIcon />
          <span class="sr-only">, {t("aspects.unsure")}</span>
        </span>
      )}
    </button>
  );
}
