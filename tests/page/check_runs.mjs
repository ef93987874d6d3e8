// Runs over files that are interrupted: by a reload, a closed tab, a lost server. No row is lost or doubled.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { openPage } from "./browser.mjs";
import { eventually, readCsv } from "./checks.mjs";
import { serve, TENOR } from "./own_server.mjs";

const ROWS = 1500;
const LABELS = ["positive", "neutral", "negative"];
const KINDS = ["味道很好", "鱼不新鲜，服务员爱理不理", "The food was wonderful", ""];
const texts = Array.from({ length: ROWS }, (_, i) => (KINDS[i % 4] === "" ? "" : `${KINDS[i % 4]} ${i}`));
const sendable = texts.filter(Boolean).length;

const phase = (page) =>
  page
    .getByTestId("progress")
    .getAttribute("data-phase", { timeout: 1000 })
    .catch(() => undefined);
const reaches = (page, wanted, timeout = 90_000) =>
  eventually(
    wanted,
    () => phase(page),
    (value) => value === wanted,
    timeout,
  );

async function begin(page, name) {
  await page.locator("#tab-file").click();
  const buffer = Buffer.from(["text", ...texts.map((text) => `"${text}"`)].join("\n"));
  await page.getByTestId("file").setInputFiles({ name, mimeType: "text/csv", buffer });
  await page.getByTestId("start").click();
}

// After `free` requests the others are held back, until release().
async function slowly(page, free) {
  let sent = 0;
  let open;
  const gate = new Promise((resolve) => (open = resolve));
  await page.route("**/predict_batch", async (route) => {
    sent += 1;
    if (sent > free) await gate;
    await route.continue().catch(() => undefined); // the page has gone meanwhile
  });
  return {
    sent: () => sent,
    release: async () => {
      open();
      await page.unroute("**/predict_batch");
    },
  };
}

// Rows that are written down.
const kept = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opened = indexedDB.open("tenor");
        opened.onerror = () => reject(opened.error);
        opened.onsuccess = () => {
          const answers = opened.result.transaction("answers").objectStore("answers").getAll();
          answers.onsuccess = () => {
            opened.result.close();
            resolve(answers.result.reduce((sum, chunk) => sum + chunk.rows.length, 0));
          };
        };
      }),
  );

const sentBy = (page) => {
  const sent = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/predict_batch")) sent.push(...request.postDataJSON().texts);
  });
  return sent;
};

async function downloaded(page) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("download").click()]);
  return readFile(await download.path(), "utf8");
}

function isComplete(csv) {
  const rows = readCsv(csv).slice(1);
  assert.equal(rows.length, ROWS);
  rows.forEach(([text, label, , , , , , error], i) => {
    assert.equal(text, texts[i]);
    if (text === "") assert.match(error, /^empty_text/);
    else assert.ok(LABELS.includes(label) && error === "", `row ${i}: ${label} ${error}`);
  });
}

export async function checkRuns(checks, browser, url) {
  const page = await openPage(browser, url, { locale: "en-US" });
  let whole;

  await checks.run("a run goes on by itself after a reload, and asks for nothing twice", async () => {
    const slow = await slowly(page, 3);
    await begin(page, "reload.csv");
    await eventually("held back", slow.sent, (n) => n >= 5);
    const before = await eventually(
      "written down",
      () => kept(page),
      (n) => n === 600,
    );
    const sent = sentBy(page);
    await page.reload();
    await slow.release();
    await reaches(page, "done");
    assert.equal(sent.length, sendable - before);
    assert.equal(new Set(sent).size, sent.length);
    whole = await downloaded(page);
    isComplete(whole);
    assert.equal(await page.getByTestId("not-kept").count(), 0);
  });

  await checks.run("a finished run is there after a reload, for another download", async () => {
    const sent = sentBy(page);
    await page.reload();
    await reaches(page, "done");
    assert.equal(await downloaded(page), whole);
    assert.deepEqual(sent, []);
  });

  await checks.run("a run that was stopped is in the list of another tab, and goes on there", async () => {
    await page.locator(".file-head .link").click();
    const slow = await slowly(page, 2);
    await begin(page, "stopped.csv");
    await eventually("held back", slow.sent, (n) => n >= 4);
    await eventually(
      "written down",
      () => kept(page),
      (n) => n === sendable + 400,
    );
    await page.getByTestId("cancel").click();
    await reaches(page, "cancelled");
    await slow.release();
    await page.reload();
    await page.getByTestId("kept-runs").waitFor(); // nobody goes on with what the reader stopped
    const other = await page.context().newPage();
    await other.goto(`${url}/#file`);
    const row = other.locator('.kept-run[data-name="stopped.csv"]');
    assert.match(await row.textContent(), /\d+ of 1,500 rows/);
    const sent = sentBy(other);
    await row.getByTestId("kept-open").click();
    await reaches(other, "done");
    assert.equal(sent.length, sendable - 400);
    assert.equal(await downloaded(other), whole);
    await other.close();
  });

  await checks.run("what is kept can be removed", async () => {
    await page.reload();
    const rows = page.getByTestId("kept-runs").locator(".kept-run");
    await eventually(
      "two runs",
      () => rows.count(),
      (n) => n === 2,
    );
    await rows.first().getByTestId("kept-remove").focus();
    await page.keyboard.press("Enter");
    await eventually(
      "one run",
      () => rows.count(),
      (n) => n === 1,
    );
    await rows.getByTestId("kept-remove").click();
    await page.getByTestId("kept-runs").waitFor({ state: "detached" });
    assert.equal(await kept(page), 0);
  });

  await checks.run("no complaint about interrupted runs", () => {
    // Requests that a reload or the reader cut off are meant to fail.
    const meant = (text) => text.includes("/predict_batch: net::ERR_ABORTED");
    assert.deepEqual(
      page.complaints.filter((text) => !meant(text)),
      [],
    );
  });
  await page.context().close();

  if (!TENOR) return;
  await checks.run("a run goes on by itself when a lost server is back", async () => {
    let server = await serve([]);
    const own = await openPage(browser, server.url);
    try {
      const slow = await slowly(own, 3);
      await begin(own, "lost.csv");
      await eventually("held back", slow.sent, (n) => n >= 5);
      await eventually(
        "written down",
        () => kept(own),
        (n) => n === 600,
      );
      await server.stop("SIGKILL");
      await slow.release();
      await reaches(own, "stopped", 30_000);
      const sent = sentBy(own);
      server = await serve([], Number(new URL(server.url).port));
      await reaches(own, "done");
      assert.equal(sent.length, sendable - 600);
      const csv = await downloaded(own);
      isComplete(csv);
      if (whole) assert.equal(csv, whole);
    } finally {
      await own.context().close();
      await server.stop();
    }
  });
}
