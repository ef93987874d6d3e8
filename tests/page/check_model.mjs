// The models that answer: their gate's curve, whether their probabilities are true.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { openPage } from "./browser.mjs";
import { eventually } from "./checks.mjs";

// What /info says of a gate that was fitted.
const GATE = JSON.parse(await readFile(new URL("../../web/mock/gate.json", import.meta.url), "utf8"));

const cards = (page) => page.getByTestId("model");
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

// The first model with that gate, the others with none.
async function patched(page, url) {
  await page.route("**/info", async (route) => {
    const response = await route.fetch();
    const info = await response.json();
    info.models.forEach((model, i) => (model.gate = i === 0 ? GATE : { fitted: false, method: "weighted" }));
    await route.fulfill({ response, json: info });
  });
  await page.goto(`${url}/#model`);
  await page.reload();
  await cards(page).first().waitFor();
}

const heights = (page) =>
  page
    .getByTestId("curve")
    .locator("polyline")
    .getAttribute("points")
    .then((points) => points.split(" ").map((pair) => Number(pair.split(",")[1])));

export async function checkModel(checks, browser, url) {
  const page = await openPage(browser, url);
  const info = await (await page.request.get(`${url}/info`)).json();

  await checks.run("the last tab tells of every model, reached by keys", async () => {
    await page.locator("#tab-review").focus();
    await page.keyboard.press("ArrowLeft"); // around the corner
    assert.equal(await page.locator("#tab-model").getAttribute("aria-selected"), "true");
    await cards(page).first().waitFor();
    assert.equal(await cards(page).count(), info.models.length);
    for (const model of info.models) {
      const card = page.locator(`[data-model="${model.name}"]`);
      assert.ok((await card.textContent()).includes(model.version));
      assert.equal(await card.getByTestId("no-gate").count(), model.gate.fitted ? 0 : 1);
      assert.equal(await card.getByTestId("curve").count(), model.gate.fitted ? 1 : 0);
    }
  });

  await checks.run("the tab has an address of its own", async () => {
    assert.match(page.url(), /#model$/);
    await page.reload();
    await cards(page).first().waitFor();
  });

  await checks.run("a fitted gate shows its curve and its figures; a model without says so", async () => {
    await patched(page, url);
    const card = cards(page).first();
    const { points, budgets } = GATE.curves.overall;
    const ys = await heights(card);
    assert.equal(ys.length, points.length);
    const best = ys.indexOf(Math.min(...ys)); // the top of a drawing is 0
    assert.equal(points[best].macro_f1, Math.max(...points.map((point) => point.macro_f1)));
    const row = await card.locator('tr[data-budget="balanced"]').textContent();
    assert.ok(row.includes(`${Math.round(budgets.balanced.asked * 100)}%`), row);
    assert.ok(row.includes(`${Number((budgets.balanced.accuracy * 100).toFixed(1))}%`), row);
    for (const name of ["fast", "balanced", "best"]) {
      assert.equal(await card.locator(`svg [data-budget="${name}"]`).count(), 1, name);
    }
    if (info.models.length > 1) assert.ok(await cards(page).last().getByTestId("no-gate").isVisible());
  });

  await checks.run("the reliability diagram stands beside ECE and Brier score", async () => {
    const card = cards(page).first();
    const { best, fast } = GATE.report.calibration;
    assert.equal(await card.getByTestId("reliability").locator("circle").count(), best.overall.bins.length);
    assert.equal(await card.getByTestId("ece").textContent(), String(best.overall.ece));
    assert.equal(await card.getByTestId("brier").textContent(), String(best.overall.brier));
    const bins = card.getByTestId("bins").locator("tbody tr");
    assert.equal(await bins.count(), best.overall.bins.length);
    assert.ok(!(await bins.first().isVisible()));
    await card.locator("summary").first().press("Enter");
    assert.ok(await bins.first().isVisible());
    await card.locator('button[data-choice="fast"]').click();
    assert.equal(await card.getByTestId("ece").textContent(), String(fast.overall.ece));
  });

  await checks.run("accuracy and aspects are a press away", async () => {
    const card = cards(page).first();
    const before = await heights(card);
    await card.locator('button[data-choice="accuracy"]').focus();
    await page.keyboard.press("Enter");
    await eventually(
      "another curve",
      () => heights(card),
      (ys) => ys.join() !== before.join(),
    );
    await card.locator('button[data-choice="aspects"]').click();
    assert.equal(await card.getByTestId("ece").textContent(), String(GATE.report.calibration.fast.aspects.ece));
    assert.equal((await heights(card)).length, GATE.curves.aspects.points.length);
  });

  await checks.run("no complaint about models", () => assert.deepEqual(page.complaints, []));
  await page.context().close();

  for (const [locale, dark] of [
    ["zh-CN", false],
    ["en-US", true],
  ]) {
    const phone = await openPage(browser, url, { locale, dark, width: 360, height: 740 });
    await checks.run(`models fit a phone (${locale}, ${dark ? "dark" : "light"})`, async () => {
      await patched(phone, url);
      assert.equal(await overflow(phone), 0);
      const wide = await phone.locator("#panel-model .scroll").evaluate((box) => box.scrollWidth - box.clientWidth);
      assert.equal(wide, 0);
      const inks = await phone
        .getByTestId("curve")
        .first()
        .evaluate((svg) => [
          getComputedStyle(svg.querySelector(".chart-name")).fill,
          getComputedStyle(document.body).color,
        ]);
      assert.equal(inks[0], inks[1], "a chart's words have the theme's ink");
      assert.deepEqual(phone.complaints, []);
    });
    await phone.context().close();
  }
}
