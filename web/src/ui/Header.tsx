import { useRef } from "preact/hooks";
import { useWords } from "../i18n";
import type { Theme } from "../state/theme";
import { AutoThemeIcon, HistoryIcon, MoonIcon, SunIcon } from "./icons";

export const TABS = ["review", "file", "live", "model"] as const;
export type Tab = (typeof TABS)[number];

interface Props {
  tab: Tab;
  onTab: (tab: Tab) => void;
  theme: Theme;
  onTheme: () => void;
  onHistory: (() => void) | undefined; // undefined: the history is on the screen already
}

const THEME_ICONS = { auto: AutoThemeIcon, light: SunIcon, dark: MoonIcon };

export function Header({ tab, onTab, theme, onTheme, onHistory }: Props) {
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
      <Tabs tab={tab} onTab={onTab} />
      <div class="header-tools">
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

function Tabs({ tab, onTab }: Pick<Props, "tab" | "onTab">) {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    const step = event.key === "ArrowRight" ? 1 : TABS.length - 1;
    const other = TABS[(TABS.indexOf(tab) + step) % TABS.length] ?? tab;
    onTab(other);
    box.current?.querySelector<HTMLButtonElement>(`#tab-${other}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={t("tabs.label")} ref={box} onKeyDown={onKeyDown}>
      {TABS.map((name) => (
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
