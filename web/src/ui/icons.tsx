// Line icons on a 20 x 20 grid. Decorative: the control around each one carries the name.
import type { ComponentChildren } from "preact";

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const SendIcon = () => (
  <Icon>
    <path d="M10 16V4.500M5 9.500l5-5 5 5" />
  </Icon>
);
export const StopIcon = () => (
  <Icon>
    <rect x="6" y="6" width="8" height="8" rx="1.500" fill="currentColor" stroke="none" />
  </Icon>
);
export const HistoryIcon = () => (
  <Icon>
    <path d="M3.500 10a6.500 6.500 0 1 0 2-4.700L3.500 7.200M3.500 3.500v3.700h3.700M10 6.500V10l2.500 1.500" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="M5.500 5.500l9 9M14.500 5.500l-9 9" />
  </Icon>
);
export const PlusIcon = () => (
  <Icon>
    <path d="M10 4.500v11M4.500 10h11" />
  </Icon>
);
export const SunIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="3.200" />
    <path d="M10 2.500v2M10 15.500v2M2.500 10h2M15.500 10h2M4.700 4.700l1.400 1.400M13.900 13.900l1.400 1.400M4.700 15.300l1.400-1.400M13.900 6.100l1.400-1.400" />
  </Icon>
);
export const MoonIcon = () => (
  <Icon>
    <path d="M16.500 11.800A6.800 6.800 0 0 1 8.200 3.500a6.800 6.800 0 1 0 8.300 8.300z" />
  </Icon>
);
export const AutoThemeIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.500" />
    <path d="M10 3.500a6.500 6.500 0 0 1 0 13z" fill="currentColor" stroke="none" />
  </Icon>
);
export const KeyIcon = () => (
  <Icon>
    <path d="M12.500 11.500a4.200 4.200 0 1 0-4-3L3.500 13.500v3h3v-2h2v-2h1.200zM13.200 6.700v.100" />
  </Icon>
);
export const FileIcon = () => (
  <Icon>
    <path d="M5 3h6.500L15.500 7v10H5zM11.500 3v4h4M7.500 10.500h5.500M7.500 13.500h5.500" />
  </Icon>
);
export const DownloadIcon = () => (
  <Icon>
    <path d="M10 3.500v9M6 9l4 4 4-4M4 16.500h12" />
  </Icon>
);
export const RetryIcon = () => (
  <Icon>
    <path d="M16.500 10a6.500 6.500 0 1 1-2-4.700l2 1.900M16.500 3.500v3.700h-3.700" />
  </Icon>
);
export const DoubtIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="7" strokeDasharray="3 2" />
    <path d="M8 8.200a2 2 0 1 1 2.700 1.900c-.500.200-.700.600-.700 1.200M10 13.600v.100" />
  </Icon>
);
export const AlertIcon = () => (
  <Icon>
    <path d="M10 3l7.500 13.500h-15zM10 8v4M10 14.200v.300" />
  </Icon>
);

// The polarity cue that does not depend on colour.
export function PolarityIcon({ label }: { label: string }) {
  const mark = label === "positive" ? "M7 10h6M10 7v6" : label === "negative" ? "M7 10h6" : "M7 8.600h6M7 11.400h6";
  return (
    <Icon>
      <circle cx="10" cy="10" r="7" />
      <path d={mark} />
    </Icon>
  );
}
