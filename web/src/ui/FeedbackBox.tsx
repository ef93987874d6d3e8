// How many corrections there are, and what can be done with them.
import { useWords } from "../i18n";
import { trainingLines, type Feedback } from "../state/feedback";
import { ClearButton } from "./ClearButton";
import { DownloadIcon } from "./icons";
import { saveFile } from "./save_file";

export function FeedbackBox({ feedback }: { feedback: Feedback }) {
  const { t, number } = useWords();
  const { all } = feedback;
  if (all.length === 0) return null;
  const corrected = all.filter(({ label, answered }) => label !== answered).length;
  return (
    <section class="feedback-box" aria-label={t("feedback.title")} data-testid="feedback-box">
      <h2 class="sidebar-title">{t("feedback.title")}</h2>
      <p class="quiet" data-testid="feedback-count">
        {t("feedback.count", { n: number(all.length), corrected: number(corrected) })}
      </p>
      <button
        type="button"
        class="button button-small"
        title={t("feedback.download.hint")}
        onClick={() => saveFile("tenor-feedback.jsonl", "application/x-ndjson", [trainingLines(all)])}
        data-testid="feedback-download"
      >
        <DownloadIcon />
        {t("feedback.download")}
      </button>
      <ClearButton onClear={feedback.clear} testId="feedback-clear" />
    </section>
  );
}
