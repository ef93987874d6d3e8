import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Feedback } from "../state/feedback";
import { DEFAULT_LIMITS } from "../api/read_info";
import type { TextLanguage } from "../api/types";
import { useWords, type Words } from "../i18n";
import type { BudgetChoice } from "../state/budget";
import type { Conversation, Turn } from "../state/conversation";
import type { Server } from "../state/server";
import { labelPercents } from "../text/percents";
import { isUnsure } from "./certainty";
import { Composer } from "./Composer";
import { TurnView } from "./TurnView";
import { Welcome } from "./Welcome";

interface Props {
  conversation: Conversation;
  server: Server;
  budget: BudgetChoice;
  feedback: Feedback;
  field: RefObject<HTMLTextAreaElement>;
  shown: string | undefined; // the turn to bring into view
  onShown: (id: string | undefined) => void;
}

export function ReviewPanel({ conversation, server, budget, feedback, field, shown, onShown }: Props) {
  const words = useWords();
  const [draft, setDraft] = useState("");
  const { turns } = conversation;
  const last = turns[turns.length - 1];
  const spoken = useSpoken(last, words);

  const send = (text: string, language?: TextLanguage) => {
    conversation.ask(text, { language, budget: budget[0] });
    setDraft("");
    field.current?.focus();
  };
  const stop = () => {
    if (draft === "" && last?.state.kind === "pending") setDraft(last.text); // what was stopped is not lost
    conversation.stop();
    field.current?.focus();
  };

  useEffect(() => {
    if (last) onShown(last.id);
  }, [last?.id, last?.state.kind]);
  useEffect(() => {
    if (shown === undefined) return;
    document.getElementById(`turn-${shown}`)?.scrollIntoView({ block: "start" });
    onShown(undefined);
  }, [shown]);

  return (
    <div
      class="review"
      onKeyDown={(event) => {
        if (event.key === "Escape" && conversation.pending) stop();
      }}
    >
      <div class="scroll scroll-docked">
        <div class="column">
          {turns.length === 0 ? (
            <Welcome onExample={(text) => send(text)} />
          ) : (
            <ol class="turns">
              {turns.map((turn) => (
                <TurnView
                  key={turn.id}
                  turn={turn}
                  models={server.info?.models ?? []}
                  feedback={feedback}
                  onRetry={() => conversation.retry(turn)}
                />
              ))}
            </ol>
          )}
        </div>
        <div class="dock">
          <div class="column">
            {server.away && (
              <p class="notice" role="status">
                {words.t("server.away")}
              </p>
            )}
            <Composer
              field={field}
              draft={draft}
              onDraft={setDraft}
              pending={conversation.pending}
              budget={budget}
              maxTextBytes={server.info?.maxTextBytes ?? DEFAULT_LIMITS.maxTextBytes}
              onSend={send}
              onStop={stop}
            />
          </div>
        </div>
      </div>
      <p class="sr-only" aria-live="polite" data-testid="spoken">
        {spoken}
      </p>
    </div>
  );
}

// What a screen reader says when an answer arrives; nothing for turns that were there already.
function useSpoken(turn: Turn | undefined, words: Words): string {
  const waited = useRef<string | undefined>(undefined);
  if (turn?.state.kind === "pending") waited.current = turn.id;
  if (!turn || waited.current !== turn.id) return "";
  return spokenState(turn, words);
}

function spokenState({ state }: Turn, { t, name }: Words): string {
  if (state.kind === "pending") return t("turn.pending");
  if (state.kind === "failed") return t(`error.${state.problem}`);
  const { answer } = state;
  const list = answer.aspects
    .filter((aspect) => aspect.label !== "not_mentioned")
    .map((aspect) => `${name("aspect", aspect.name)} ${name("label", aspect.label)}`);
  const aspects = list.length > 0 ? t("answer.spoken.aspects", { list: list.join(", ") }) : t("answer.spoken.none");
  const key = isUnsure(answer) ? "answer.spoken.unsure" : "answer.spoken";
  return t(key, {
    label: t(`label.${answer.label}`),
    percent: `${labelPercents(answer.probabilities)[answer.label]}%`,
    aspects,
  });
}
