import { useRef } from "preact/hooks";
import { useWords } from "../i18n";
import type { Theme } from "../state/theme";
import { AutoThemeIcon, HistoryIcon, KeyIcon, MoonIcon, SunIcon } from "./icons";

export const TABS = ["review", "file", "live", "model", "admin"] as const; // the last one where requests may change things
export type Tab = (typeof TABS)[number];

interface Props {
  tab: Tab;
  tabs: readonly Tab[];
  onTab: (tab: Tab) => void;
  theme: Theme;
  onTheme: () => void;
  onHistory: (() => void) | undefined; // undefined: the history is on the screen already
  onKey: (() => void) | undefined; // undefined: the server wants no API key
}

const THEME_ICONS = { auto: AutoThemeIcon, light: SunIcon, dark: MoonIcon };

export function Header({ tab, tabs, onTab, theme, onTheme, onHistory, onKey }: Props) {
  const { t, language, toggle } = useWords();
  const ThemeIcon = THEME_ICONS[theme];
  const themeName = t(`theme.${theme}`);
  return (
    <header class="header">
      <h1 class="brand">
        <Logo />
        <span class="brand-name">tenor</span>
        <span class="brand-tagline">{t("page.tagline")}</span>
      </h1>
      <Tabs tab={tab} tabs={tabs} onTab={onTab} />
      <div class="header-tools">
        {onKey && (
          <button
            type="button"
            class="icon-button"
            onClick={onKey}
            title={t("key.open")}
            aria-label={t("key.open")}
            data-testid="key"
          >
            <KeyIcon />
          </button>
        )}
        <button
          type="button"
          class="icon-button language-button"
          onClick={toggle}
          title={t("language.switch")}
          aria-label={t("language.switch")}
          lang={language === "zh" ? "en" : "zh-CN"}
          data-testid="language"
        >
          {language === "zh" ? "EN" : "中"}
        </button>
        <button
          type="button"
          class="icon-button"
          onClick={onTheme}
          title={themeName}
          aria-label={themeName}
          data-testid="theme"
        >
          <ThemeIcon />
        </button>
        {onHistory && (
          <button
            type="button"
            class="icon-button"
            onClick={onHistory}
            title={t("history.open")}
            aria-label={t("history.open")}
            data-testid="history-open"
          >
            <HistoryIcon />
          </button>
        )}
      </div>
    </header>
  );
}

function Tabs({ tab, tabs, onTab }: Pick<Props, "tab" | "tabs" | "onTab">) {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    const step = event.key === "ArrowRight" ? 1 : tabs.length - 1;
    const other = tabs[(tabs.indexOf(tab) + step) % tabs.length] ?? tab;
    onTab(other);
    box.current?.querySelector<HTMLButtonElement>(`#tab-${other}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={t("tabs.label")} ref={box} onKeyDown={onKeyDown}>
      {tabs.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`tab-${name}`}
          class="tab"
          aria-selected={tab === name}
          aria-controls={`panel-${name}`}
          tabIndex={tab === name ? 0 : -1}
          onClick={() => onTab(name)}
        >
          {t(`tab.${name}`)}
        </button>
      ))}
    </div>
  );
}

function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" width="30" height="30" aria-hidden="true">
      <rect class="logo-ground" width="32" height="32" rx="9" />
      <circle class="logo-eye" cx="11" cy="12.500" r="2" />
      <circle class="logo-eye" cx="21" cy="12.500" r="2" />
      <path class="logo-smile" d="M8.500 19c2 3.600 4.600 5.200 7.500 5.200s5.500-1.600 7.500-5.200" />
    </svg>
  );
}
