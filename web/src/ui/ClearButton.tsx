import { useState } from "preact/hooks";
import { useWords } from "../i18n";

// Asks once more instead of opening a dialog.
export function ClearButton({ onClear, testId }: { onClear: () => void; testId: string }) {
  const { t } = useWords();
  const [asked, setAsked] = useState(false);
  return (
    <button
      type="button"
      class="link history-clear"
      onBlur={() => setAsked(false)}
      onClick={() => (asked ? onClear() : setAsked(true))}
      data-testid={testId}
    >
      {asked ? t("history.clear.sure") : t("history.clear")}
    </button>
  );
}
