import { createContext, type ComponentChildren } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";
import { remember, remembered } from "../state/storage";
import { en, type Key as FirstKey } from "./en";
import type { PanelKey } from "./panels_en";
import { zh } from "./zh";

export type Key = FirstKey | PanelKey;
export type Language = "zh" | "en";
export type Params = Record<string, string | number>;

const KEY = "tenor.language"; // also in public/first-paint.js
type Dictionary = Record<Key, string>;

// The words of panels that are loaded when they are shown are not there before: see panels.ts.
const DICTIONARIES = { en: { ...en }, zh: { ...zh } } as Record<Language, Dictionary>;

export function addWords(words: Record<Language, Partial<Dictionary>>): void {
  for (const language of ["en", "zh"] as const) Object.assign(DICTIONARIES[language], words[language]);
}

export function preferredLanguage(stored: unknown, browser: string): Language {
  if (stored === "zh" || stored === "en") return stored;
  return /^zh\b/i.test(browser) ? "zh" : "en";
}

export function translate(language: Language, key: Key, params: Params = {}): string {
  return DICTIONARIES[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

export interface Words {
  language: Language;
  t: (key: Key, params?: Params) => string;
  // The name in `group` (an aspect, an expert); what the dictionary does not know is shown as it is.
  name: (group: string, name: string) => string;
  number: (value: number, fractionDigits?: number) => string;
  percent: (share: number) => string; // whole percents
  bytes: (count: number) => string;
  duration: (seconds: number) => string;
  microseconds: (us: number) => string; // as milliseconds where there are many
  list: (names: readonly string[]) => string; // "a, b"
}

export function wordsOf(language: Language): Words {
  const locale = language === "zh" ? "zh-CN" : "en";
  const t: Words["t"] = (key, params) => translate(language, key, params);
  const number: Words["number"] = (value, fractionDigits = 0) =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: fractionDigits }).format(value);
  return {
    language,
    t,
    number,
    name: (group, name) => {
      const key = `${group}.${name}`;
      return Object.hasOwn(DICTIONARIES.en, key) ? t(key as Key) : name;
    },
    percent: (share) => `${Math.round(share * 100)}%`,
    bytes: (count) => (count < 1 << 20 ? `${number(count / 1024, 1)} KiB` : `${number(count / (1 << 20), 1)} MiB`),
    microseconds: (us) =>
      us < 10_000
        ? t("time.microseconds", { n: number(us, us < 10 ? 2 : us < 100 ? 1 : 0) })
        : t("time.milliseconds", { n: number(us / 1000, us < 100_000 ? 1 : 0) }),
    list: (names) => names.join(language === "zh" ? "、" : ", "),
    duration: (seconds) => {
      const whole = Math.max(0, Math.round(seconds));
      if (whole < 60) return t("time.seconds", { n: whole === 0 ? number(Math.max(seconds, 0.1), 1) : whole });
      if (whole < 3600) return t("time.minutes", { m: Math.floor(whole / 60), s: whole % 60 });
      return t("time.hours", { h: Math.floor(whole / 3600), m: Math.floor((whole % 3600) / 60) });
    },
  };
}

interface Value extends Words {
  toggle: () => void;
}

const WordsContext = createContext<Value | undefined>(undefined);

export function WordsProvider({ children }: { children: ComponentChildren }) {
  const [language, setLanguage] = useState(() => preferredLanguage(remembered(KEY), navigator.language));
  const value = useMemo<Value>(() => {
    const other: Language = language === "zh" ? "en" : "zh";
    const toggle = () => {
      remember(KEY, other);
      setLanguage(other);
    };
    return { ...wordsOf(language), toggle };
  }, [language]);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.title = value.t("page.title");
  }, [language]);
  return <WordsContext.Provider value={value}>{children}</WordsContext.Provider>;
}

export function useWords(): Value {
  const value = useContext(WordsContext);
  if (!value) throw new Error("useWords outside WordsProvider");
  return value;
}
