import { useState } from "preact/hooks";
import type { Analysis } from "../api/types";
import { useWords } from "../i18n";
import { labelPercents } from "../text/percents";
import { AnswerDetails } from "./AnswerDetails";
import { AspectChips } from "./AspectChips";
import { EvidenceLegend, EvidenceText } from "./EvidenceText";
import { FACES, SURE } from "./faces";
import { ProbabilityBars } from "./ProbabilityBars";

export function AnswerCard({ text, answer }: { text: string; answer: Analysis }) {
  const { t, name } = useWords();
  const [pinned, setPinned] = useState<string>();
  const [previewed, setPreviewed] = useState<string>();
  const active = answer.aspects.find((aspect) => aspect.name === (previewed ?? pinned));
  const shown = active ?? answer;

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !active) return;
    event.stopPropagation(); // Esc lets go of the aspect first
    setPinned(undefined);
    setPreviewed(undefined);
  };

  return (
    <article class="answer" data-testid="answer" data-label={answer.label} onKeyDown={onKeyDown}>
      <header class="verdict" data-polarity={answer.label}>
        <VerdictHead answer={answer} />
        <ProbabilityBars probabilities={answer.probabilities} />
      </header>
      {!answer.languageSupported && <p class="notice">{t("answer.unsupported")}</p>}
      {/* Above the text: pointing at a chip changes what is below it, so the chip never moves away from the pointer. */}
      {answer.aspects.length > 0 && (
        <AspectChips aspects={answer.aspects} pinned={pinned} onPreview={setPreviewed} onPin={setPinned} />
      )}
      <section class="answer-part">
        <h4 class="part-title">
          {active ? t("evidence.title.aspect", { aspect: name("aspect", active.name) }) : t("evidence.title")}
        </h4>
        <EvidenceText text={text} evidence={shown.evidence} label={shown.label} />
        <EvidenceLegend evidence={shown.evidence} label={shown.label} />
      </section>
      <AnswerDetails answer={answer} />
    </article>
  );
}

function VerdictHead({ answer }: { answer: Analysis }) {
  const { t } = useWords();
  const label = t(`label.${answer.label}`);
  const percent = `${labelPercents(answer.probabilities)[answer.label]}%`; // as the bars have it
  const sure = answer.score >= SURE;
  return (
    <div class={sure ? "verdict-head" : "verdict-head verdict-unsure"}>
      <span class="face" role="img" aria-label={label} data-testid="face">
        {FACES[answer.label]}
      </span>
      <div>
        <h3 class="verdict-label">{sure ? label : t("answer.unsure")}</h3>
        <p class="verdict-sub">
          {sure ? t("answer.confidence", { percent }) : t("answer.leaning", { label: label.toLowerCase(), percent })}
        </p>
      </div>
    </div>
  );
}
