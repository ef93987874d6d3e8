import { useState } from "preact/hooks";
import { BUDGETS, type Budget } from "../api/types";
import { remember, remembered } from "./storage";

const KEY = "tenor.budget";

export function isBudget(value: unknown): value is Budget {
  return (BUDGETS as readonly unknown[]).includes(value);
}

export type BudgetChoice = [Budget | undefined, (budget: Budget | undefined) => void];

// The budget that the reader chose, remembered; undefined leaves it to the server.
export function useBudget(): BudgetChoice {
  const [budget, setBudget] = useState<Budget | undefined>(() => {
    const stored = remembered(KEY);
    return isBudget(stored) ? stored : undefined;
  });
  const choose = (next: Budget | undefined) => {
    remember(KEY, next ?? null);
    setBudget(next);
  };
  return [budget, choose];
}
