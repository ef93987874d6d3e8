// A text sentence by sentence.
import assert from "node:assert/strict";
import { ask, openPage } from "./browser.mjs";
import { eventually } from "./checks.mjs";

const MIXED_ZH = "味道很好，服务员也很热情！鱼一点都不新鲜，太难吃了。😊 下次还会再来。";
const MIXED_EN =
  "The food was wonderful and delicious. The waiter was rude, terrible service! Mr. Lee paid 3.50 for tea.";

const squeezed = (text) => text.replaceAll(/\s/g, "");
const rows = (answer) => answer.getByTestId("sentence");

async function showSentences(answer) {
  await answer.getByTestId("view-sentences").click();
  await answer.getByTestId("sentences").waitFor();
}

export async function checkSentences(checks, browser, url) {
  const page = await openPage(browser, url);

  await checks.run("sentences stand beside their verdicts and together are the text", async () => {
    const answer = await ask(page, MIXED_ZH);
    const [response] = await Promise.all([page.waitForResponse("**/v1/analyze"), showSentences(answer)]);
    const { sentences } = await response.json();
    assert.ok(sentences.length >= 3);
    assert.equal(await rows(answer).count(), sentences.length);
    const texts = await answer.locator(".sentence-text").allTextContents();
    assert.equal(squeezed(texts.join("")), squeezed(MIXED_ZH));
    const polarities = await rows(answer).evaluateAll((items) => items.map((item) => item.dataset.polarity));
    assert.deepEqual(
      polarities,
      sentences.map((sentence) => sentence.label),
    );
    assert.ok(polarities.includes("positive") && polarities.includes("negative"), `${polarities}`);
    const shown = await rows(answer).locator(".sentence-score").allTextContents();
    assert.deepEqual(
      shown,
      sentences.map((sentence) => `${Math.round(sentence.score * 100)}%`),
    );
    const grounds = await rows(answer).evaluateAll((items) =>
      items.map((item) => getComputedStyle(item).backgroundColor),
    );
    assert.equal(new Set(grounds).size, new Set(polarities).size, "a colour each polarity");
  });

  await checks.run("the whole text comes back, and sentences are asked for once", async () => {
    const answer = page.getByTestId("answer").last();
    let asked = 0;
    page.on("request", (request) => (asked += request.url().endsWith("/v1/analyze") ? 1 : 0));
    await answer.getByTestId("view-document").click();
    assert.equal(await answer.getByTestId("evidence").textContent(), MIXED_ZH);
    await showSentences(answer);
    assert.equal(asked, 0);
  });

  await checks.run("an aspect points at the sentences that mention it", async () => {
    const answer = page.getByTestId("answer").last();
    const taste = answer.locator('button.chip[data-aspect="food_taste"]');
    await taste.hover();
    assert.ok((await answer.locator(".sentence-aspect-shown").count()) >= 1);
    await page.mouse.move(0, 0);
    assert.equal(await answer.locator(".sentence-aside").count(), 0);
  });

  await checks.run("the switch is worked by keys", async () => {
    const answer = await ask(page, MIXED_EN);
    await answer.getByTestId("view-document").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await answer.getByTestId("sentences").waitFor();
    assert.equal(await answer.getByTestId("view-sentences").getAttribute("aria-pressed"), "true");
    assert.equal(await rows(answer).count(), 3, "Mr. and 3.50 end no sentence");
  });

  await checks.run("an answer of the history is cut into sentences, too", async () => {
    await page.reload();
    await page.locator(".history-open").first().click();
    const answer = page.getByTestId("answer");
    await answer.waitFor();
    await showSentences(answer);
    assert.equal(await rows(answer).count(), 3);
  });

  await checks.run("no complaint about sentences", () => assert.deepEqual(page.complaints, []));

  await checks.run("sentences that cannot be had are said so, and a retry works", async () => {
    const answer = await ask(page, "环境很好。就是太贵了。");
    await page.route("**/v1/analyze", (route) => route.abort("connectionrefused"));
    await answer.getByTestId("view-sentences").click();
    const retry = answer.locator(".sentences-failed button");
    await retry.waitFor();
    await page.unroute("**/v1/analyze");
    await retry.click();
    await eventually(
      "sentences",
      () => rows(answer).count(),
      (count) => count === 2,
    );
  });
  await page.context().close();
}
