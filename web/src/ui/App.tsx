import { useEffect, useRef, useState } from "preact/hooks";
import { useWords } from "../i18n";
import { useBudget } from "../state/budget";
import { useConversation } from "../state/conversation";
import { useFeedback } from "../state/feedback";
import type { Entry } from "../state/history";
import { useKeyQuestion } from "../state/key";
import { useMedia } from "../state/media";
import { runOfTab } from "../state/run_keeper";
import { useServer, type Server } from "../state/server";
import { useTheme } from "../state/theme";
import { FeedbackBox } from "./FeedbackBox";
import { Header, TABS, type Tab } from "./Header";
import { HistoryPanel } from "./HistoryPanel";
import { CloseIcon, PlusIcon } from "./icons";
import { lazily } from "./lazily";
import { ModelPanel } from "./ModelPanel";
import { ReviewPanel } from "./ReviewPanel";

const AdminPanel = lazily(() => import("./admin/AdminPanel").then((part) => part.AdminPanel));
const FilePanel = lazily(() => import("./FilePanel").then((part) => part.FilePanel));
const KeyDialog = lazily(() => import("./KeyDialog").then((part) => part.KeyDialog));
const LivePanel = lazily(() => import("./live/LivePanel").then((part) => part.LivePanel));

export function App() {
  const { t } = useWords();
  const [theme, nextTheme] = useTheme();
  const [chosen, setTab] = useState<Tab>(() => TABS.find((name) => location.hash === `#${name}`) ?? "review");
  const [shown, setShown] = useState<string>();
  const [dropped, setDropped] = useState<File>();
  const wide = useMedia("(min-width: 60rem)");
  const keys = useKeyQuestion(); // before anything that asks the server
  const server = useServer();
  const isAdmin = server.info?.admin === true;
  const tabs: readonly Tab[] = isAdmin ? TABS : TABS.filter((name) => name !== "admin");
  const tab = tabs.includes(chosen) ? chosen : "review";
  const budget = useBudget();
  const conversation = useConversation();
  const feedback = useFeedback();
  const field = useRef<HTMLTextAreaElement>(null);
  const drawer = useRef<HTMLDialogElement>(null);

  const show = (next: Tab) => {
    setTab(next);
    history.replaceState(null, "", next === "review" ? location.pathname : `#${next}`);
  };
  const focusField = () => {
    show("review");
    drawer.current?.close();
    requestAnimationFrame(() => field.current?.focus());
  };
  const seenFile = useRef(runOfTab() !== undefined); // a run goes on whatever tab is shown
  seenFile.current ||= tab === "file";
  const seenLive = useRef(false); // once shown it stays, with what it has seen
  seenLive.current ||= tab === "live";
  const draggingFile = useWindowDrop((file) => {
    show("file");
    setDropped(file);
  });

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        focusField();
      }
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
  useEffect(() => {
    if (wide) field.current?.focus(); // on a phone that would only open the keyboard
  }, []);

  const open = (entry: Entry) => {
    conversation.open(entry);
    show("review");
    drawer.current?.close();
    setShown(entry.id);
  };
  const restart = () => {
    conversation.reset();
    focusField();
  };
  const panel = (
    <HistoryPanel
      entries={conversation.history}
      onOpen={open}
      onForget={conversation.forget}
      onForgetAll={conversation.forgetAll}
    />
  );
  const newButton = (
    <button type="button" class="button button-small" onClick={restart} data-testid="new">
      <PlusIcon />
      {t("history.new")}
    </button>
  );

  return (
    <div class="app">
      <a class="skip" href="#composer" onClick={focusField}>
        {t("page.skip")}
      </a>
      <Header
        tab={tab}
        tabs={tabs}
        onTab={show}
        theme={theme}
        onTheme={nextTheme}
        onHistory={wide ? undefined : () => drawer.current?.showModal()}
        onKey={keys.wanted ? keys.ask : undefined}
      />
      {keys.open && <KeyDialog wrong={keys.wrong} onClose={keys.close} />}
      <div class="body">
        {wide ? (
          <aside class="sidebar" aria-label={t("history.title")}>
            <div class="sidebar-head">
              <h2 class="sidebar-title">{t("history.title")}</h2>
              {newButton}
            </div>
            {panel}
            <FeedbackBox feedback={feedback} />
            <ServerLine server={server} />
          </aside>
        ) : (
          <dialog
            class="drawer"
            ref={drawer}
            aria-label={t("history.title")}
            onClick={(event) => event.target === drawer.current && drawer.current?.close()}
          >
            <div class="drawer-body">
              <div class="sidebar-head">
                <h2 class="sidebar-title">{t("history.title")}</h2>
                {newButton}
                <button
                  type="button"
                  class="icon-button"
                  aria-label={t("history.close")}
                  onClick={() => drawer.current?.close()}
                >
                  <CloseIcon />
                </button>
              </div>
              {panel}
              <FeedbackBox feedback={feedback} />
              <ServerLine server={server} />
            </div>
          </dialog>
        )}
        <main class="main">
          <div role="tabpanel" id="panel-review" aria-labelledby="tab-review" class="panel" hidden={tab !== "review"}>
            <ReviewPanel
              conversation={conversation}
              server={server}
              budget={budget}
              feedback={feedback}
              field={field}
              shown={shown}
              onShown={setShown}
            />
          </div>
          <div role="tabpanel" id="panel-file" aria-labelledby="tab-file" class="panel" hidden={tab !== "file"}>
            {seenFile.current && (
              <FilePanel server={server} budget={budget} dropped={dropped} draggingFile={draggingFile} />
            )}
          </div>
          <div role="tabpanel" id="panel-live" aria-labelledby="tab-live" class="panel" hidden={tab !== "live"}>
            {seenLive.current && <LivePanel active={tab === "live"} />}
          </div>
          <div role="tabpanel" id="panel-model" aria-labelledby="tab-model" class="panel" hidden={tab !== "model"}>
            {tab === "model" && <ModelPanel server={server} />}
          </div>
          {isAdmin && (
            <div role="tabpanel" id="panel-admin" aria-labelledby="tab-admin" class="panel" hidden={tab !== "admin"}>
              {tab === "admin" && <AdminPanel />}
            </div>
          )}
        </main>
      </div>
    </div>
  );
}

function ServerLine({ server }: { server: Server }) {
  const { t } = useWords();
  if (server.away) return <p class="server-line">{t("server.away")}</p>;
  if (!server.info) return null;
  const models = server.info.models.map((model) => `${model.name} ${model.version}`);
  return (
    <p class="server-line">
      {[t("server.version", { version: server.info.version }), ...models].map((part) => (
        <span key={part}>{part}</span>
      ))}
    </p>
  );
}

// A file dropped anywhere on the page, instead of the browser opening it. True while one is dragged over the page.
function useWindowDrop(onFile: (file: File) => void): boolean {
  const [dragging, setDragging] = useState(false);
  const latest = useRef(onFile);
  latest.current = onFile;
  useEffect(() => {
    const hasFile = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const over = (event: DragEvent) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      setDragging(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setDragging(false); // left the window
    };
    const drop = (event: DragEvent) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      setDragging(false);
      const file = event.dataTransfer?.files[0];
      if (file) latest.current(file);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, []);
  return dragging;
}
