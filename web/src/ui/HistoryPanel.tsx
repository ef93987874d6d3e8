import { useRef, useState } from "preact/hooks";
import { useWords } from "../i18n";
import type { Entry } from "../state/history";
import { ClearButton } from "./ClearButton";
import { FACES } from "./faces";
import { CloseIcon } from "./icons";

interface Props {
  entries: Entry[];
  onOpen: (entry: Entry) => void;
  onForget: (id: string) => void;
  onForgetAll: () => void;
}

const STEPS: Record<string, (at: number, last: number) => number> = {
  ArrowDown: (at, last) => Math.min(at + 1, last),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, last) => last,
};

// One Tab stop; the arrow keys, Home and End move within the list, Delete removes.
export function HistoryPanel({ entries, onOpen, onForget, onForgetAll }: Props) {
  const { t, language } = useWords();
  const list = useRef<HTMLUListElement>(null);
  const [current, setCurrent] = useState(0);
  const at = Math.min(current, Math.max(0, entries.length - 1));

  const focus = (index: number) => {
    setCurrent(index);
    list.current?.querySelectorAll<HTMLButtonElement>(".history-open")[index]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step) {
      event.preventDefault();
      focus(step(at, entries.length - 1));
    } else if (event.key === "Delete") {
      const entry = entries[at];
      if (entry) onForget(entry.id);
      requestAnimationFrame(() => focus(Math.min(at, entries.length - 2)));
    }
  };

  if (entries.length === 0) return <p class="quiet history-empty">{t("history.empty")}</p>;
  const locale = language === "zh" ? "zh-CN" : "en";
  return (
    <>
      <ul class="history" ref={list} onKeyDown={onKeyDown} aria-label={t("history.title")} data-testid="history">
        {entries.map((entry, index) => (
          <li key={entry.id} class="history-item">
            <button
              type="button"
              class="history-open"
              tabIndex={index === at ? 0 : -1}
              onFocus={() => setCurrent(index)}
              onClick={() => onOpen(entry)}
            >
              <span class="history-face" role="img" aria-label={t(`label.${entry.answer.label}`)}>
                {FACES[entry.answer.label]}
              </span>
              <span class="history-text">{entry.text.slice(0, 120)}</span>
              <time class="history-time" dateTime={new Date(entry.at).toISOString()}>
                {shortTime(entry.at, locale)}
              </time>
            </button>
            <button
              type="button"
              class="icon-button history-remove"
              tabIndex={-1}
              aria-label={t("history.remove")}
              title={t("history.remove")}
              onClick={() => onForget(entry.id)}
            >
              <CloseIcon />
            </button>
          </li>
        ))}
      </ul>
      <ClearButton onClear={onForgetAll} testId="history-clear" />
    </>
  );
}

function shortTime(at: number, locale: string): string {
  const today = new Date(at).toDateString() === new Date().toDateString();
  const format: Intl.DateTimeFormatOptions = today
    ? { hour: "2-digit", minute: "2-digit" }
    : { month: "short", day: "numeric" };
  return new Intl.DateTimeFormat(locale, format).format(at);
}
