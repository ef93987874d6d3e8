// What readers say is right: kept, told to the server where it wants to know, given back as training data.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { ask, openPage } from "./browser.mjs";
import { eventually } from "./checks.mjs";
import { inFolder, rolloutConfig, serve, TENOR } from "./own_server.mjs";

const GOOD = "味道很好，服务员也很热情。";
const BAD = 'The waiter was rude,\nand "fresh" it was not.';

const choice = (answer, label) => answer.getByTestId("feedback").locator(`button[data-label="${label}"]`);
const pressed = (answer) =>
  answer
    .getByTestId("feedback")
    .locator('button[aria-pressed="true"]')
    .evaluateAll((buttons) => buttons.map((button) => button.dataset.label));
const count = (page) => page.getByTestId("feedback-count").textContent();

async function trainingData(page) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("feedback-download").click()]);
  assert.equal(download.suggestedFilename(), "tenor-feedback.jsonl");
  const text = await readFile(await download.path(), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

export async function checkFeedback(checks, browser, url) {
  const page = await openPage(browser, url, { locale: "en-US" });

  await checks.run("an answer can be confirmed or corrected, by mouse and by keys", async () => {
    assert.equal(await page.getByTestId("feedback-box").count(), 0);
    const good = await ask(page, GOOD);
    assert.deepEqual(await pressed(good), []);
    await choice(good, "positive").click();
    assert.deepEqual(await pressed(good), ["positive"]);
    assert.match(await good.getByTestId("feedback-kept").textContent(), /browser/);
    const bad = await ask(page, BAD);
    const said = await bad.getAttribute("data-label");
    const right = said === "neutral" ? "negative" : "neutral";
    await choice(bad, right).focus();
    await page.keyboard.press("Enter");
    assert.deepEqual(await pressed(bad), [right]);
    assert.match(await count(page), /2 judged, 1 of them corrected/);
  });

  await checks.run("corrections survive a reload and come back as training data", async () => {
    await page.reload();
    await page.getByTestId("feedback-count").waitFor();
    const rows = await trainingData(page);
    assert.deepEqual(rows[0], { text: GOOD, label: "positive" });
    assert.equal(rows[1].text, BAD);
    assert.deepEqual(Object.keys(rows[1]), ["text", "label"]);
    assert.equal(rows.length, 2);
  });

  await checks.run("the last label of a text counts", async () => {
    await page.locator(".history-open").last().click();
    const answer = page.getByTestId("answer");
    await answer.waitFor();
    assert.deepEqual(await pressed(answer), ["positive"]);
    await choice(answer, "negative").click();
    const rows = await trainingData(page);
    assert.deepEqual(
      rows.filter(({ text }) => text === GOOD),
      [{ text: GOOD, label: "negative" }],
    );
  });

  await checks.run("corrections can be cleared, after a second press", async () => {
    await page.getByTestId("feedback-clear").click();
    assert.equal(await page.getByTestId("feedback-box").count(), 1);
    await page.getByTestId("feedback-clear").click();
    assert.equal(await page.getByTestId("feedback-box").count(), 0);
    await page.reload();
    await page.getByTestId("send").waitFor();
    assert.equal(await page.getByTestId("feedback-box").count(), 0);
  });

  await checks.run("no complaint about feedback", () => assert.deepEqual(page.complaints, []));
  await page.context().close();

  if (!TENOR) return;
  await checks.run("a server with a rollout counts what readers say, once an answer", () =>
    inFolder(async (folder) => {
      const server = await serve(["--config", await rolloutConfig(folder)]);
      const own = await openPage(browser, server.url);
      try {
        const answer = await ask(own, GOOD);
        await choice(answer, "positive").click();
        await answer.getByTestId("feedback-kept").filter({ hasText: "服务器" }).waitFor();
        await choice(answer, "negative").click(); // a change of mind is kept, not counted again
        assert.deepEqual(await trainingData(own), [{ text: GOOD, label: "negative" }]);
        const told = await eventually(
          "labelled answers",
          async () => (await own.request.get(`${server.url}/v1/rollout`)).json(),
          ({ arms }) => arms.some((arm) => arm.total?.labelled > 0),
        );
        assert.equal(
          told.arms.reduce((sum, arm) => sum + (arm.total?.labelled ?? 0), 0),
          1,
        );
        assert.deepEqual(own.complaints, []);
      } finally {
        await own.context().close();
        await server.stop();
      }
    }),
  );
}
