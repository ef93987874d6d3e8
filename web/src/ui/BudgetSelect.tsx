import { BUDGETS } from "../api/types";
import { useWords } from "../i18n";
import { isBudget, type BudgetChoice } from "../state/budget";

interface Props {
  choice: BudgetChoice;
  class: string;
  id?: string; // where a label of its own stands beside it
}

// How much the answer may cost: fast, balanced, best, or as the server has it.
export function BudgetSelect({ choice: [budget, choose], class: className, id }: Props) {
  const { t } = useWords();
  return (
    <select
      class={className}
      {...(id === undefined ? { "aria-label": t("budget.label") } : { id })}
      title={t(`budget.hint.${budget ?? "auto"}`)}
      value={budget ?? "auto"}
      data-testid="budget"
      onChange={(event) => {
        const value = event.currentTarget.value;
        choose(isBudget(value) ? value : undefined);
      }}
    >
      {(["auto", ...BUDGETS] as const).map((name) => (
        <option key={name} value={name}>
          {t(`budget.${name}`)}
        </option>
      ))}
    </select>
  );
}
