import { useWords } from "../i18n";
import { SureButton } from "./SureButton";

export function ClearButton({ onClear, testId }: { onClear: () => void; testId: string }) {
  const { t } = useWords();
  return (
    <SureButton class="link history-clear" sure={t("history.clear.sure")} onSure={onClear} testId={testId}>
      {t("history.clear")}
    </SureButton>
  );
}
