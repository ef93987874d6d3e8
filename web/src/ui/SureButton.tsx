import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

interface Props {
  class: string;
  sure: string; // the words that ask once more
  disabled?: boolean;
  onSure: () => void;
  testId: string;
  children: ComponentChildren;
}

// Asks once more instead of opening a dialog.
export function SureButton({ class: name, sure, disabled = false, onSure, testId, children }: Props) {
  const [asked, setAsked] = useState(false);
  const onClick = () => {
    setAsked(!asked);
    if (asked) onSure();
  };
  return (
    <button
      type="button"
      class={name}
      disabled={disabled}
      onBlur={() => setAsked(false)}
      onClick={onClick}
      data-testid={testId}
    >
      {asked ? sure : children}
    </button>
  );
}
