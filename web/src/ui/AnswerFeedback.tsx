// Under an answer: is it right, and if not, what would be?
import type { ComponentChildren } from "preact";
import { LABELS, type Analysis, type Label } from "../api/types";
import { useWords } from "../i18n";
import type { Feedback } from "../state/feedback";
import { FACES } from "./faces";

export function AnswerFeedback({ text, answer, feedback }: { text: string; answer: Analysis; feedback: Feedback }) {
  const { t } = useWords();
  const judged = feedback.of(text);
  const give = (label: Label) => feedback.give({ text, label, answered: answer.label }, answer);
  return (
    <section class="feedback" aria-label={t("feedback.title")} data-testid="feedback">
      <span class="feedback-question">{t("feedback.question")}</span>
      <span class="feedback-choices">
        <Choice label={answer.label} chosen={judged?.label} onChoose={give}>
          {t("feedback.right")}
        </Choice>
        <span class="quiet">{t("feedback.should")}</span>
        {LABELS.filter((label) => label !== answer.label).map((label) => (
          <Choice key={label} label={label} chosen={judged?.label} onChoose={give}>
            <span aria-hidden="true">{FACES[label]} </span>
            {t(`label.${label}`)}
          </Choice>
        ))}
      </span>
      <span class="quiet" role="status" data-testid="feedback-kept">
        {judged && t(judged.counted ? "feedback.counted" : "feedback.kept")}
      </span>
    </section>
  );
}

interface ChoiceProps {
  label: Label;
  chosen: Label | undefined;
  onChoose: (label: Label) => void;
  children: ComponentChildren;
}

function Choice({ label, chosen, onChoose, children }: ChoiceProps) {
  return (
    <button
      type="button"
      class="chip"
      data-polarity={label}
      aria-pressed={chosen === label}
      onClick={() => onChoose(label)}
      data-label={label}
    >
      {children}
    </button>
  );
}
