// One text at a time: verdict, bars, evidence, aspects, keyboard, history.
import assert from "node:assert/strict";
import { ask, openPage } from "./browser.mjs";
import { eventually } from "./checks.mjs";

const GOOD_ZH = "味道很好，服务员也很热情，环境干净，强烈推荐，下次还会再来！";
const BAD_EN = "Cold food, rude staff and terrible service. The worst dinner ever. Never again.";
const EMOJI = "😊😊 味道很好👍，服务员也很热情。";

async function checkBars(answer) {
  const percents = (await answer.locator(".bar-value").allTextContents()).map((text) => parseInt(text, 10));
  assert.equal(percents.length, 3);
  assert.equal(
    percents.reduce((sum, percent) => sum + percent, 0),
    100,
    `bars: ${percents}`,
  );
  const widths = await answer
    .locator(".bar-fill")
    .evaluateAll((bars) => bars.map((bar) => (bar.offsetWidth / bar.parentElement.offsetWidth) * 100));
  widths.forEach((width, i) =>
    assert.ok(Math.abs(width - percents[i]) < 3, `bar ${i} is ${width} % wide for ${percents[i]} %`),
  );
}

export async function checkReviews(checks, browser, url) {
  const page = await openPage(browser, url);

  await checks.run("a Chinese review gets a positive verdict with bars, aspects and evidence", async () => {
    const answer = await ask(page, GOOD_ZH);
    assert.equal(await answer.getAttribute("data-label"), "positive");
    assert.equal((await answer.getByTestId("face").textContent()).trim(), "😊");
    await eventually(
      "bars grown",
      () =>
        checkBars(answer).then(
          () => true,
          (error) => error.message,
        ),
      (value) => value === true,
    );
    assert.ok((await answer.locator("button.chip").count()) >= 1, "no aspect chip");
    assert.ok((await answer.locator("mark").count()) >= 1, "no evidence is marked");
    assert.equal(await answer.getByTestId("evidence").textContent(), GOOD_ZH);
    assert.match(await page.getByTestId("spoken").textContent(), /正面/);
  });

  await checks.run("pointing at an aspect shows its evidence; a press keeps it, Esc lets go", async () => {
    const answer = page.getByTestId("answer").last();
    const chip = answer.locator("button.chip").first();
    const title = answer.locator(".answer-part").nth(1).locator(".part-title");
    const before = await title.textContent();
    await chip.hover();
    assert.notEqual(await title.textContent(), before);
    await chip.click();
    await page.mouse.move(0, 0);
    assert.equal(await chip.getAttribute("aria-pressed"), "true");
    assert.notEqual(await title.textContent(), before);
    await chip.press("Escape");
    assert.equal(await chip.getAttribute("aria-pressed"), "false");
    assert.equal(await title.textContent(), before);
  });

  await checks.run("aspects that are not mentioned are folded away", async () => {
    const answer = page.getByTestId("answer").last();
    assert.equal(await answer.locator(".chip-absent").count(), 0);
    await answer.locator(".chips-foot .link").click();
    assert.ok((await answer.locator(".chip-absent").count()) >= 1);
  });

  await checks.run("an English review gets a negative verdict", async () => {
    const answer = await ask(page, BAD_EN);
    assert.equal(await answer.getAttribute("data-label"), "negative");
    assert.equal((await answer.getByTestId("face").textContent()).trim(), "😞");
    assert.ok((await answer.locator("mark").count()) >= 1);
    assert.equal(await answer.getByTestId("evidence").textContent(), BAD_EN);
  });

  await checks.run("marks fall on whole characters after emoji", async () => {
    const answer = await ask(page, EMOJI);
    assert.equal(await answer.getByTestId("evidence").textContent(), EMOJI);
    const marks = await answer.locator("mark").allTextContents();
    assert.ok(marks.length >= 1);
    for (const mark of marks) assert.ok(mark.isWellFormed?.() ?? true, `a mark cuts an emoji in half: ${mark}`);
  });

  await checks.run("details tell experts, model and version", async () => {
    const details = page.getByTestId("answer").last().locator("details");
    await details.locator("summary").click();
    assert.ok((await details.locator(".experts tbody tr").count()) >= 1);
    assert.match(await details.locator(".facts").textContent(), /tenor-zh/);
  });

  await checks.run("keys: Shift+Enter, Enter, Enter of an input method, Ctrl+K", async () => {
    const field = page.locator("#composer");
    const count = () => page.getByTestId("answer").count();
    const before = await count();
    await field.fill("环境很好");
    await field.press("Shift+Enter");
    assert.equal(await field.inputValue(), "环境很好\n");
    await field.dispatchEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true });
    await page.waitForTimeout(150);
    assert.equal(await count(), before, "Enter during composition sent the text");
    assert.equal(await field.inputValue(), "环境很好\n");
    await field.press("Enter");
    await eventually("answered", count, (n) => n === before + 1);
    assert.equal(await field.inputValue(), "");
    await page.locator("#tab-file").click();
    await page.keyboard.press("Control+k");
    await eventually(
      "focus",
      () => page.evaluate(() => document.activeElement.id),
      (id) => id === "composer",
    );
  });

  await checks.run("tabs answer to the arrow keys", async () => {
    await page.locator("#tab-review").focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.locator("#tab-file").getAttribute("aria-selected"), "true");
    await page.keyboard.press("ArrowLeft");
    assert.ok(await page.locator("#panel-review").isVisible());
  });

  await checks.run("nothing to send is said in words", async () => {
    await page.locator("#composer").fill("  \n ");
    await page.locator("#composer").press("Enter");
    assert.notEqual((await page.locator("#composer-problem").textContent()).trim(), "");
  });

  await checks.run("an example can be clicked", async () => {
    await page.getByTestId("new").click();
    await page.locator(".example").first().click();
    await page.getByTestId("answer").waitFor();
  });

  await checks.run("the history survives a reload, moves by arrow keys and opens again", async () => {
    const texts = await page.locator(".history-text").allTextContents();
    assert.ok(texts.length >= 5);
    await page.reload();
    assert.deepEqual(await page.locator(".history-text").allTextContents(), texts);
    assert.equal(await page.getByTestId("answer").count(), 0);
    await page.locator(".history-open").first().focus();
    for (const key of ["ArrowDown", "ArrowDown", "End"]) await page.keyboard.press(key);
    await page.keyboard.press("Enter");
    const answer = page.getByTestId("answer");
    await answer.waitFor();
    assert.equal(await answer.getByTestId("evidence").textContent(), GOOD_ZH);
    await page.locator(".history-open").last().focus();
    await page.keyboard.press("Delete");
    assert.equal(await page.locator(".history-text").count(), texts.length - 1);
  });

  await checks.run("the history can be cleared", async () => {
    await page.getByTestId("history-clear").click();
    await page.getByTestId("history-clear").click();
    assert.equal(await page.locator(".history-text").count(), 0);
    await page.reload();
    await page.getByTestId("send").waitFor();
    assert.equal(await page.locator(".history-text").count(), 0);
  });

  await checks.run("no console error, failed load or policy violation so far", () =>
    assert.deepEqual(page.complaints, []),
  );
  await page.context().close();
}
