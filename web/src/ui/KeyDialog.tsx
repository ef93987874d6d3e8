// Asks for the server's API key.
import { useEffect, useId, useRef } from "preact/hooks";
import { apiKey, denyKey, forgetKey, giveKey } from "../api/key";
import { useWords } from "../i18n";
import "../i18n/panels";
import "../styles/admin.css";

interface Props {
  wrong: boolean; // the server refused the one that was given
  onClose: () => void;
}

export function KeyDialog({ wrong, onClose }: Props) {
  const { t } = useWords();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => dialog.current?.showModal(), []);

  const close = (then: () => void) => {
    dialog.current?.close();
    onClose();
    then(); // those who wait may ask again, so the dialog is closed before
  };
  const forget = () =>
    close(() => {
      forgetKey();
      denyKey();
    });
  const cancel = () => (wrong ? forget() : close(denyKey)); // a wrong one would only be refused again
  const use = (event: Event) => {
    event.preventDefault();
    const key = field.current?.value.trim() ?? "";
    if (key === "") field.current?.focus();
    else close(() => giveKey(key));
  };
  return (
    <dialog
      class="key-dialog"
      ref={dialog}
      aria-labelledby={`${id}-title`}
      data-testid="key-dialog"
      onCancel={(event) => {
        event.preventDefault();
        cancel();
      }}
    >
      <form onSubmit={use}>
        <h2 class="file-title" id={`${id}-title`}>
          {t("key.title")}
        </h2>
        <p>{t("key.wanted")}</p>
        {wrong && (
          <p class="notice notice-wrong" role="alert" data-testid="key-wrong">
            {t("key.wrong")}
          </p>
        )}
        <div class="setting">
          <label for={id}>{t("key.label")}</label>
          <input class="field" id={id} ref={field} type="password" autocomplete="off" spellcheck={false} autofocus />
        </div>
        <div class="file-actions">
          <button type="submit" class="button button-main" data-testid="key-use">
            {t("key.use")}
          </button>
          <button type="button" class="button" onClick={cancel}>
            {t("key.cancel")}
          </button>
          {apiKey() !== undefined && (
            <button type="button" class="link" onClick={forget}>
              {t("key.forget")}
            </button>
          )}
        </div>
      </form>
    </dialog>
  );
}
