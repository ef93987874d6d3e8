import { useState } from "preact/hooks";
import type { AnalyzeRequest } from "../api/client";
import type { Analysis, Model } from "../api/types";
import { useWords } from "../i18n";
import type { Feedback } from "../state/feedback";
import { useSentences } from "../state/sentences";
import { labelPercents } from "../text/percents";
import { AnswerDetails } from "./AnswerDetails";
import { AnswerFeedback } from "./AnswerFeedback";
import { AnswerMeta, CoverageNotice } from "./AnswerMeta";
import { AspectChips } from "./AspectChips";
import { isUnsure, modelOf } from "./certainty";
import { EvidenceLegend, EvidenceText } from "./EvidenceText";
import { FACES } from "./faces";
import { DoubtIcon } from "./icons";
import { lazily } from "./lazily";
import { ProbabilityBars } from "./ProbabilityBars";
import { SentenceList } from "./SentenceList";

type View = "document" | "sentences";
const VIEWS: readonly View[] = ["document", "sentences"];

interface Props {
  request: AnalyzeRequest;
  answer: Analysis;
  models: readonly Model[]; // of the server, as it is now
  feedback: Feedback;
}

const ComparePanel = lazily(() => import("./compare/ComparePanel").then((part) => part.ComparePanel));

export function AnswerCard({ request, answer, models, feedback }: Props) {
  const { t, name } = useWords();
  const [view, setView] = useState<View>("document");
  const [sentences, loadSentences] = useSentences(request);
  const [pinned, setPinned] = useState<string>();
  const [previewed, setPreviewed] = useState<string>();
  const [comparing, setComparing] = useState(false);
  const model = modelOf(answer, models);
  const active = answer.aspects.find((aspect) => aspect.name === (previewed ?? pinned));
  const shown = active ?? answer;

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !active) return;
    event.stopPropagation(); // Esc lets go of the aspect first
    setPinned(undefined);
    setPreviewed(undefined);
  };
  const show = (next: View) => {
    setView(next);
    if (next === "sentences") loadSentences();
  };
  const title = view === "sentences" ? "sentences.title" : "evidence.title";

  return (
    <article class="answer" data-testid="answer" data-label={answer.label} onKeyDown={onKeyDown}>
      <header class="verdict" data-polarity={answer.label}>
        <VerdictHead answer={answer} precision={model?.gate?.precision} />
        <ProbabilityBars probabilities={answer.probabilities} />
      </header>
      <AnswerMeta answer={answer} budget={request.budget} model={model} />
      {!answer.languageSupported && <p class="notice">{t("answer.unsupported")}</p>}
      <CoverageNotice answer={answer} />
      {/* Above the text: pointing at a chip changes what is below it, so the chip never moves away from the pointer. */}
      {answer.aspects.length > 0 && (
        <AspectChips aspects={answer.aspects} pinned={pinned} onPreview={setPreviewed} onPin={setPinned} />
      )}
      <section class="answer-part">
        <div class="part-head">
          <h4 class="part-title">
            {active ? t(`${title}.aspect`, { aspect: name("aspect", active.name) }) : t(title)}
          </h4>
          <ViewSwitch view={view} onView={show} />
        </div>
        {view === "sentences" ? (
          <SentenceList text={request.text} state={sentences} aspect={active?.name} onRetry={loadSentences} />
        ) : (
          <>
            <EvidenceText text={request.text} evidence={shown.evidence} label={shown.label} />
            <EvidenceLegend evidence={shown.evidence} label={shown.label} />
          </>
        )}
      </section>
      <AnswerFeedback text={request.text} answer={answer} feedback={feedback} />
      {(answer.arm !== undefined || models.length > 1) && (
        <div class="answer-tools">
          <button
            type="button"
            class="link"
            aria-expanded={comparing}
            onClick={() => setComparing(!comparing)}
            data-testid="compare-open"
          >
            {t(comparing ? "compare.close" : "compare.open")}
          </button>
        </div>
      )}
      {comparing && <ComparePanel request={request} answer={answer} models={models} />}
      <AnswerDetails answer={answer} model={model} />
    </article>
  );
}

function ViewSwitch({ view, onView }: { view: View; onView: (view: View) => void }) {
  const { t } = useWords();
  return (
    <div class="switch" role="group" aria-label={t("view.label")}>
      {VIEWS.map((one) => (
        <button
          key={one}
          type="button"
          class="switch-button"
          aria-pressed={view === one}
          onClick={() => onView(one)}
          data-testid={`view-${one}`}
        >
          {t(`view.${one}`)}
        </button>
      ))}
    </div>
  );
}

function VerdictHead({ answer, precision }: { answer: Analysis; precision: number | undefined }) {
  const { t, percent } = useWords();
  const label = t(`label.${answer.label}`);
  const score = `${labelPercents(answer.probabilities)[answer.label]}%`; // as the bars have it
  const unsure = isUnsure(answer);
  const leaning = { label: label.toLowerCase(), percent: score };
  return (
    <div class={unsure ? "verdict-head verdict-unsure" : "verdict-head"}>
      <span class="face" role="img" aria-label={label} data-testid="face">
        {FACES[answer.label]}
      </span>
      <div>
        <h3 class="verdict-label">
          {unsure ? t("answer.unsure") : label}
          {answer.uncertain && (
            <span class="doubt doubt-badge" data-testid="uncertain">
              <DoubtIcon />
              {t("answer.uncertain")}
            </span>
          )}
        </h3>
        <p class="verdict-sub">
          {!unsure && t("answer.confidence", { percent: score })}
          {unsure && answer.uncertain && precision !== undefined
            ? t("answer.leaning.precision", { ...leaning, precision: percent(precision) })
            : unsure && t("answer.leaning", leaning)}
        </p>
      </div>
    </div>
  );
}
