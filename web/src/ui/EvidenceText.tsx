import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Evidence } from "../api/types";
import { useWords } from "../i18n";
import { segments, strength } from "../text/code_points";

// Characters from which on the text may need scrolling, hence a place in the Tab order.
const SCROLLS_FROM = 300;

interface Props {
  text: string;
  evidence: Evidence[];
  label: string; // what the evidence speaks for
}

// The text with its evidence marked: filled in the label's colour where it speaks for the label, dashed underline where it
// speaks against it.
export function EvidenceText({ text, evidence, label }: Props) {
  const { t, name } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const pieces = useMemo(() => segments(text, evidence), [text, evidence]);
  const strongest = Math.max(0, ...evidence.map((item) => Math.abs(item.weight)));
  const labelName = name("label", label);

  useEffect(() => {
    const mark = box.current?.querySelector("mark");
    if (!box.current || !mark || box.current.scrollHeight <= box.current.clientHeight) return;
    box.current.scrollTop = mark.offsetTop - box.current.clientHeight / 3;
  }, [pieces]);

  return (
    <div
      class="evidence-text"
      ref={box}
      tabIndex={text.length > SCROLLS_FROM ? 0 : -1}
      role="group"
      aria-label={t("evidence.text")}
      data-testid="evidence"
    >
      {pieces.map((piece, i) =>
        piece.weight === 0 ? (
          piece.text
        ) : (
          <mark
            key={i}
            class={`mark mark-${strength(piece.weight, strongest)}`}
            data-polarity={piece.weight > 0 ? label : "against"}
            title={piece.weight > 0 ? t("evidence.for", { label: labelName }) : t("evidence.against")}
          >
            {piece.text}
          </mark>
        ),
      )}
    </div>
  );
}

export function EvidenceLegend({ evidence, label }: { evidence: Evidence[]; label: string }) {
  const { t, name } = useWords();
  if (evidence.length === 0) return <p class="legend">{t("evidence.none")}</p>;
  return (
    <p class="legend">
      {evidence.some((item) => item.weight > 0) && (
        <span class="legend-item">
          <span class="mark mark-2 legend-swatch" data-polarity={label} aria-hidden="true" />
          {t("evidence.for", { label: name("label", label) })}
        </span>
      )}
      {evidence.some((item) => item.weight < 0) && (
        <span class="legend-item">
          <span class="mark mark-2 legend-swatch" data-polarity="against" aria-hidden="true" />
          {t("evidence.against")}
        </span>
      )}
    </p>
  );
}
