// A component that is fetched when it is first shown, so that the page's first load stays small.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useWords } from "../i18n";
import { RetryIcon } from "./icons";

export function lazily<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Lazy(props: Props) {
    const { t } = useWords();
    const [Shown, setShown] = useState(() => loaded);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (Shown || failed) return;
      let gone = false;
      load().then(
        (component) => {
          loaded = component;
          if (!gone) setShown(() => component);
        },
        () => gone || setFailed(true),
      );
      return () => {
        gone = true;
      };
    }, [failed]);
    if (Shown) return <Shown {...props} />;
    if (!failed) return <p class="quiet lazy">{t("part.loading")}</p>;
    return (
      <p class="notice notice-wrong lazy" role="alert">
        {t("part.failed")}
        <button type="button" class="link" onClick={() => setFailed(false)}>
          <RetryIcon />
          {t("error.retry")}
        </button>
      </p>
    );
  };
}
