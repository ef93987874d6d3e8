import { useEffect, useState } from "preact/hooks";
import { remember, remembered } from "./storage";

export type Theme = "auto" | "light" | "dark";

const KEY = "tenor.theme"; // also in public/first-paint.js
const ORDER: readonly Theme[] = ["auto", "light", "dark"];

function stored(): Theme {
  const value = remembered(KEY);
  return value === "light" || value === "dark" ? value : "auto";
}

// The chosen theme and a function that goes on to the next one. "auto" follows the system, also when it changes.
export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(stored);
  useEffect(() => {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const apply = () => {
      const dark = theme === "dark" || (theme === "auto" && system.matches);
      document.documentElement.dataset.theme = dark ? "dark" : "light";
    };
    apply();
    system.addEventListener("change", apply);
    return () => system.removeEventListener("change", apply);
  }, [theme]);
  const next = () => {
    const following = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length] ?? "auto";
    remember(KEY, following);
    setTheme(following);
  };
  return [theme, next];
}
