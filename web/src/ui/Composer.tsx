import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { TextLanguage } from "../api/types";
import { useWords } from "../i18n";
import type { BudgetChoice } from "../state/budget";
import { utf8Bytes } from "../text/code_points";
import { BudgetSelect } from "./BudgetSelect";
import { SendIcon, StopIcon } from "./icons";

interface Props {
  field: RefObject<HTMLTextAreaElement>;
  draft: string;
  onDraft: (draft: string) => void;
  pending: boolean;
  budget: BudgetChoice;
  maxTextBytes: number;
  onSend: (text: string, language?: TextLanguage) => void;
  onStop: () => void;
}

const ENVELOPE_BYTES = 256; // the request's other members
const MAX_HEIGHT_PX = 240;

type Choice = TextLanguage | "auto";
const CHOICES: readonly Choice[] = ["auto", "zh", "en"];

// An Enter that chooses a word in an input method is not an Enter that sends. (Safari ends the composition before the
// key event; it is known there by key code 229.)
const composing = (event: KeyboardEvent) => event.isComposing || event.keyCode === 229;

export function Composer({ field, draft, onDraft, pending, budget, maxTextBytes, onSend, onStop }: Props) {
  const { t, bytes } = useWords();
  const [language, setLanguage] = useState<Choice>("auto");
  const [problem, setProblem] = useState<string>();

  useEffect(() => setProblem(undefined), [draft]);
  useLayoutEffect(() => {
    if (!field.current) return;
    field.current.style.height = "auto";
    field.current.style.height = `${Math.min(field.current.scrollHeight, MAX_HEIGHT_PX)}px`;
  }, [draft]);

  const send = () => {
    const text = draft.trim();
    const size = utf8Bytes(JSON.stringify(text)) + ENVELOPE_BYTES;
    if (text === "") {
      setProblem(t("composer.empty"));
    } else if (size > maxTextBytes) {
      setProblem(t("composer.too_long", { bytes: bytes(size), limit: bytes(maxTextBytes) }));
    } else {
      onSend(text, language === "auto" ? undefined : language);
      return;
    }
    field.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || composing(event)) return;
    event.preventDefault();
    send();
  };

  const modifier = /mac|iphone|ipad/i.test(navigator.userAgent) ? "⌘" : "Ctrl";
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class={problem === undefined ? "composer-box" : "composer-box composer-wrong"}>
        <textarea
          ref={field}
          id="composer"
          class="composer-field"
          rows={1}
          value={draft}
          placeholder={t("composer.placeholder")}
          aria-label={t("composer.label")}
          aria-describedby="composer-problem composer-keys"
          aria-invalid={problem !== undefined}
          autocomplete="off"
          onInput={(event) => onDraft(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <div class="composer-row">
          <div class="composer-choices">
            <select
              class="select select-quiet"
              aria-label={t("composer.language")}
              value={language}
              onChange={(event) => setLanguage(event.currentTarget.value as Choice)}
            >
              {CHOICES.map((choice) => (
                <option key={choice} value={choice}>
                  {t(`composer.language.${choice}`)}
                </option>
              ))}
            </select>
            <BudgetSelect choice={budget} class="select select-quiet" />
          </div>
          {pending ? (
            <button type="button" class="button button-main" onClick={onStop}>
              <StopIcon />
              {t("composer.stop")}
            </button>
          ) : (
            <button type="submit" class="button button-main" data-testid="send">
              <SendIcon />
              {t("composer.send")}
            </button>
          )}
        </div>
      </div>
      <p id="composer-problem" class="composer-problem" role="alert">
        {problem}
      </p>
      <p id="composer-keys" class="composer-keys">
        {t("composer.keys", { modifier })}
      </p>
    </form>
  );
}
