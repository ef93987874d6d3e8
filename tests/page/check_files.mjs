// Files in, files out: every row comes back.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { openPage } from "./browser.mjs";
import { eventually, readCsv } from "./checks.mjs";

const ROWS = 300;
const EMPTY_ROW = 17;
const LABELS = ["positive", "neutral", "negative"];

const quoted = (text) => `"${text.replaceAll('"', '""')}"`;

function reviews() {
  const kinds = [
    "味道很好，服务员也很热情",
    '他说 "真的, 很好吃"\n下次再来',
    "鱼不新鲜，服务员爱理不理",
    "The food was wonderful, really",
  ];
  return Array.from({ length: ROWS }, (_, i) => (i === EMPTY_ROW ? "" : `${kinds[i % kinds.length]} ${i}`));
}

const csvFile = () =>
  "\ufeff" + ["id,评论,label", ...reviews().map((text, i) => `${i},${quoted(text)},${i % 2}`)].join("\r\n") + "\r\n";

async function drop(page, name, content) {
  const transfer = await page.evaluateHandle(
    ({ name, content }) => {
      const data = new DataTransfer();
      data.items.add(new File([content], name));
      return data;
    },
    { name, content },
  );
  await page.dispatchEvent("main", "dragover", { dataTransfer: transfer });
  await page.dispatchEvent("main", "drop", { dataTransfer: transfer });
}

const choose = (page, name, content) =>
  page.getByTestId("file").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(content) });

const another = (page) => page.locator(".file-head .link").click();

const phase = (page) => page.getByTestId("progress").getAttribute("data-phase");

async function scored(page) {
  await page.getByTestId("start").click();
  await page.getByTestId("download").waitFor({ timeout: 60_000 });
}

async function downloaded(page, format) {
  if (format) await page.getByTestId("format").selectOption(format);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("download").click()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}

export async function checkFiles(checks, browser, url) {
  const page = await openPage(browser, url);

  await checks.run("a dropped CSV file comes back with all its rows, scored", async () => {
    await drop(page, "reviews.csv", csvFile());
    await page.getByTestId("start").waitFor();
    assert.equal(await page.getByTestId("column").locator("option:checked").textContent(), "评论");
    await scored(page);
    assert.equal(await page.getByTestId("errors").textContent(), "1");
    const { name, text } = await downloaded(page);
    assert.equal(name, "reviews.tenor.csv");
    const [header, ...rows] = readCsv(text);
    const added = [
      "score",
      "uncertain",
      "probability_positive",
      "probability_neutral",
      "probability_negative",
      "error",
    ];
    assert.deepEqual(header, ["id", "评论", "label", "tenor_label", ...added]);
    assert.equal(rows.length, ROWS);
    reviews().forEach((review, i) => {
      const [id, text, label, predicted, score, uncertain, ...rest] = rows[i];
      assert.deepEqual([id, text, label], [String(i), review, String(i % 2)]);
      if (i === EMPTY_ROW) {
        assert.deepEqual([predicted, score], ["", ""]);
        assert.match(rest[3], /^empty_text/);
        return;
      }
      assert.ok(["", "true", "false"].includes(uncertain), `row ${i} is ${uncertain}`); // "": no fitted gate
      assert.ok(LABELS.includes(predicted), `row ${i} has label ${predicted}`);
      const sum = rest.slice(0, 3).reduce((total, p) => total + Number(p), 0);
      assert.ok(Math.abs(sum - 1) < 0.001, `row ${i}: probabilities sum to ${sum}`);
      assert.equal(rest[3], "");
    });
  });

  await checks.run("the same as JSON Lines and as CSV with a byte order mark", async () => {
    const json = await downloaded(page, "jsonl");
    assert.equal(json.name, "reviews.tenor.jsonl");
    const rows = json.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.equal(rows.length, ROWS);
    assert.equal(rows[1].评论, reviews()[1]);
    assert.ok(LABELS.includes(rows[1].tenor_label));
    assert.match(rows[EMPTY_ROW].error, /^empty_text/);
    assert.ok((await downloaded(page, "csv_bom")).text.startsWith("\ufeff"));
  });

  await checks.run("JSON Lines keep broken lines, with an error", async () => {
    await page.goto(`${url}/#file`);
    await another(page);
    await choose(page, "a.jsonl", '{"text": "味道很好", "stars": 5}\n{broken\n{"text": "太难吃了", "stars": 1}\n');
    await scored(page);
    const rows = (await downloaded(page)).text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      rows.map((row) => row.label !== null),
      [true, false, true],
    );
    assert.equal(rows[0].stars, 5);
    assert.equal(rows[1].raw, "{broken");
    assert.match(rows[1].error, /^broken_json/);
  });

  await checks.run("a file of an unknown kind is refused in words", async () => {
    await another(page);
    await choose(page, "a.xlsx", "PK");
    assert.match(await page.getByRole("alert").filter({ hasText: "a.xlsx" }).textContent(), /\.csv/);
  });

  await checks.run("a long run can be cancelled and taken up again; no row is lost", async () => {
    await page.reload();
    const texts = Array.from({ length: 3000 }, (_, i) => `味道很好 ${i}`);
    await choose(page, "long.txt", texts.join("\n"));
    let sent = 0;
    await page.route("**/predict_batch", async (route) => {
      sent += 1;
      if (sent > 3) await new Promise((resolve) => setTimeout(resolve, 300));
      await route.continue().catch(() => undefined); // cancelled meanwhile
    });
    await page.getByTestId("start").click();
    await eventually(
      "some batches sent",
      () => sent,
      (n) => n >= 4,
    );
    await page.getByTestId("cancel").click();
    await eventually(
      "cancelled",
      () => phase(page),
      (value) => value === "cancelled",
    );
    const part = readCsv((await downloaded(page)).text).slice(1);
    assert.equal(part.length, 3000);
    assert.ok(part.some((row) => row.at(-1).startsWith("not_scored")) && part.some((row) => row[1] !== ""));
    await page.unroute("**/predict_batch");
    await page.getByTestId("resume").click();
    await eventually(
      "done",
      () => phase(page),
      (value) => value === "done",
      60_000,
    );
    const all = readCsv((await downloaded(page)).text).slice(1);
    assert.deepEqual(
      all.map((row) => row[0]),
      texts,
    );
    assert.ok(all.every((row) => LABELS.includes(row[1])));
  });

  await checks.run("no complaint while files were scored", () => {
    // Requests that the reader cancelled are meant to fail.
    const meant = (text) => text.includes("/predict_batch: net::ERR_ABORTED");
    assert.deepEqual(
      page.complaints.filter((text) => !meant(text)),
      [],
    );
  });
  await page.context().close();
}
