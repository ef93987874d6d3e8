import { useState } from "preact/hooks";
import type { Model } from "../api/types";
import type { Turn, TurnState } from "../state/conversation";
import type { Feedback } from "../state/feedback";
import { useWords } from "../i18n";
import { AnswerCard } from "./AnswerCard";
import { AlertIcon, RetryIcon } from "./icons";

const LONG = 280; // characters from which on the bubble is folded

interface Props {
  turn: Turn;
  models: readonly Model[];
  feedback: Feedback;
  onRetry: () => void;
}

export function TurnView({ turn, models, feedback, onRetry }: Props) {
  return (
    <li class="turn" id={`turn-${turn.id}`} tabIndex={-1}>
      <Bubble text={turn.text} />
      {turn.state.kind === "pending" && <Pending busySeconds={turn.state.busySeconds} />}
      {turn.state.kind === "failed" && <Failed state={turn.state} onRetry={onRetry} />}
      {turn.state.kind === "done" && (
        <AnswerCard request={turn} answer={turn.state.answer} models={models} feedback={feedback} />
      )}
    </li>
  );
}

function Bubble({ text }: { text: string }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const long = text.length > LONG || text.split("\n").length > 6;
  return (
    <div class="bubble">
      <span class="sr-only">{t("turn.you")}: </span>
      <p class={long && !open ? "bubble-text bubble-folded" : "bubble-text"}>{text}</p>
      {long && (
        <button type="button" class="link" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t("turn.less") : t("turn.more")}
        </button>
      )}
    </div>
  );
}

function Pending({ busySeconds }: { busySeconds?: number | undefined }) {
  const { t } = useWords();
  return (
    <div class="answer answer-pending" data-testid="pending">
      <span class="dots" aria-hidden="true">
        <span />
        <span />
        <span />
      </span>
      {busySeconds === undefined ? t("turn.pending") : t("turn.busy", { seconds: busySeconds })}
    </div>
  );
}

function Failed({ state, onRetry }: { state: Extract<TurnState, { kind: "failed" }>; onRetry: () => void }) {
  const { t } = useWords();
  const { problem, detail } = state;
  return (
    <div class="answer answer-failed" data-testid="failed" data-problem={problem}>
      <h3 class="failed-title">
        <AlertIcon />
        {t("error.title")}
      </h3>
      <p>{t(`error.${problem}`)}</p>
      {(problem === "refused" || problem === "failed") && <p class="quiet">{t("error.said", { detail })}</p>}
      {problem !== "empty" && problem !== "too_long" && (
        <button type="button" class="button" onClick={onRetry}>
          <RetryIcon />
          {t("error.retry")}
        </button>
      )}
    </div>
  );
}
