import { useMemo } from "preact/hooks";
import { LABELS, type Sentence } from "../api/types";
import { useWords } from "../i18n";
import type { SentencesState } from "../state/sentences";
import { pieces, type Piece } from "../text/sentences";
import { isUnsure } from "./certainty";
import { FACES } from "./faces";
import { AlertIcon, DoubtIcon, PolarityIcon, RetryIcon } from "./icons";

interface Props {
  text: string;
  state: SentencesState;
  aspect: string | undefined; // that the reader looks at
  onRetry: () => void;
}

// The text sentence by sentence, each beside its own verdict.
export function SentenceList({ text, state, aspect, onRetry }: Props) {
  const { t } = useWords();
  if (state.kind === "none" || state.kind === "pending") {
    return (
      <p class="quiet" role="status">
        {t("turn.pending")}
      </p>
    );
  }
  if (state.kind === "failed") {
    return (
      <div class="sentences-failed" role="alert">
        <p class="notice notice-wrong">
          <AlertIcon />
          {t(`error.${state.problem}`)}
        </p>
        <button type="button" class="button button-small" onClick={onRetry}>
          <RetryIcon />
          {t("error.retry")}
        </button>
      </div>
    );
  }
  return <Sentences text={text} sentences={state.answer.sentences} leftOut={state.answer.leftOut} aspect={aspect} />;
}

interface SentencesProps {
  text: string;
  sentences: Sentence[];
  leftOut: number;
  aspect: string | undefined;
}

function Sentences({ text, sentences, leftOut, aspect }: SentencesProps) {
  const { t, number } = useWords();
  const cut = useMemo(() => pieces(text, sentences).filter((piece) => piece.text.trim() !== ""), [text, sentences]);
  const counts = LABELS.map((label) => [label, sentences.filter((one) => one.label === label).length] as const);
  return (
    <>
      <p class="quiet sentences-count" role="status">
        {t("sentences.count", { n: number(sentences.length) })}
        {counts
          .filter(([, count]) => count > 0)
          .map(([label, count]) => (
            <span key={label} class="sentences-tally" data-polarity={label}>
              <span aria-hidden="true">{FACES[label]}</span> {t(`label.${label}`)} {number(count)}
            </span>
          ))}
      </p>
      <ol class="sentences" data-testid="sentences">
        {cut.map((piece, i) => (
          <Row key={i} piece={piece} aspect={aspect} />
        ))}
      </ol>
      {leftOut > 0 && <p class="quiet">{t("sentences.left_out", { n: number(leftOut) })}</p>}
    </>
  );
}

function Row({ piece: { text, sentence }, aspect }: { piece: Piece; aspect: string | undefined }) {
  const { t, name, percent } = useWords();
  if (!sentence) {
    return (
      <li class="sentence sentence-mute">
        <p class="sentence-text">{text.trim()}</p>
      </li>
    );
  }
  const unsure = isUnsure(sentence);
  const aside = aspect !== undefined && !sentence.aspects.some((one) => one.name === aspect);
  return (
    <li class={aside ? "sentence sentence-aside" : "sentence"} data-polarity={sentence.label} data-testid="sentence">
      <p class="sentence-text">{text}</p>
      <p class={unsure ? "sentence-verdict sentence-unsure" : "sentence-verdict"}>
        <span class="sentence-face" aria-hidden="true">
          {FACES[sentence.label]}
        </span>
        {t(`label.${sentence.label}`)} <span class="sentence-score">{percent(sentence.score)}</span>
        {unsure && (
          <span class="doubt" title={t("answer.uncertain")}>
            <DoubtIcon />
            <span class="sr-only">{t("answer.uncertain")}</span>
          </span>
        )}
      </p>
      {sentence.aspects.length > 0 && (
        <ul class="sentence-aspects" aria-label={t("aspects.title")}>
          {sentence.aspects.map((one) => (
            <li
              key={one.name}
              class={one.name === aspect ? "sentence-aspect sentence-aspect-shown" : "sentence-aspect"}
              data-polarity={one.label}
            >
              <PolarityIcon label={one.label} />
              {name("aspect", one.name)}
              <span class="sr-only">, {name("label", one.label)}</span>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
