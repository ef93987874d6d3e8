// How much an answer may cost, who was asked, what is uncertain, what of a long text was read.
import assert from "node:assert/strict";
import { ask, openPage } from "./browser.mjs";
import { eventually } from "./checks.mjs";

const TEXT = `味道还可以，服务一般，价格有点贵。（${Date.now()}）`; // the server has not seen it before
const meta = (answer, kind) => answer.locator(`[data-meta="${kind}"]`);

async function askAndSee(page, text) {
  const [response, answer] = await Promise.all([page.waitForResponse("**/v1/analyze"), ask(page, text)]);
  return { answer, sent: response.request().postDataJSON(), said: await response.json() };
}

// The server's own answer with other members beside it.
const patchAnswers = (page, patch) =>
  page.route("**/v1/analyze", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: patch(await response.json()) });
  });

// Models whose gate was fitted, whatever the server's models are.
const patchInfo = (page, precision) =>
  page.route("**/info", async (route) => {
    const response = await route.fetch();
    const info = await response.json();
    info.models.forEach((model) => (model.gate = { ...model.gate, fitted: true, precision }));
    await route.fulfill({ response, json: info });
  });

export async function checkBudgets(checks, browser, url) {
  const page = await openPage(browser, url);
  const info = await (await page.request.get(`${url}/info`)).json();
  const experts = info.models.find((model) => model.languages.includes("zh")).experts;

  await checks.run("an answer says who was asked and what it took", async () => {
    const { answer, sent, said } = await askAndSee(page, TEXT);
    assert.equal(sent.budget, undefined, "the server's budget counts");
    const asked = await answer.getByTestId("meta").textContent();
    assert.ok(said.gate.asked.includes("linear_svm") && asked.includes("SVM"));
    assert.match(await meta(answer, "time").textContent(), /\d (微秒|毫秒)/);
    assert.equal(await meta(answer, "cached").count(), 0);
  });

  await checks.run("a text that came before says that its answer is from the cache", async () => {
    const { answer, said } = await askAndSee(page, TEXT);
    assert.equal(said.cached, true);
    assert.equal(await meta(answer, "cached").count(), 1);
  });

  await checks.run("the budget goes with the text, and dear experts are not asked at fast", async () => {
    await page.getByTestId("budget").first().selectOption("fast");
    const { answer, sent, said } = await askAndSee(page, TEXT);
    assert.equal(sent.budget, "fast");
    assert.ok(await meta(answer, "budget").isVisible());
    const left = experts.filter((expert) => !said.gate.asked.includes(expert));
    assert.equal(await meta(answer, "left").count(), left.length > 0 ? 1 : 0);
    await answer.locator("summary").click();
    assert.equal(await answer.locator(".experts tbody tr").count(), experts.length, "those not asked are named");
  });

  await checks.run("the budget is remembered and counts for files, too", async () => {
    await page.reload();
    assert.equal(await page.getByTestId("budget").first().inputValue(), "fast");
    await page.locator("#tab-file").click();
    const buffer = Buffer.from("味道很好\n太难吃了\n");
    await page.getByTestId("file").setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer });
    const budget = page.locator("#panel-file").getByTestId("budget");
    assert.equal(await budget.inputValue(), "fast");
    await budget.selectOption("balanced");
    const [request] = await Promise.all([page.waitForRequest("**/predict_batch"), page.getByTestId("start").click()]);
    assert.equal(request.postDataJSON().budget, "balanced");
    await page.getByTestId("download").waitFor();
    await page.locator("#tab-review").click();
    await page.getByTestId("budget").first().selectOption("auto");
    await page.reload();
    assert.equal(await page.getByTestId("budget").first().inputValue(), "auto");
  });

  await checks.run("what an encoder read of a long text stands in the details", async () => {
    const { answer, said } = await askAndSee(page, "The food was good and the staff were friendly. ".repeat(120));
    const readings = said.encoders ?? [];
    await answer.locator("summary").click();
    const shown = await answer.getByTestId("reading").allTextContents();
    assert.equal(shown.length, readings.length);
    readings.forEach(({ tokens, windows }, i) => {
      assert.ok(shown[i].replaceAll(",", "").includes(`${tokens} `), shown[i]);
      assert.ok(shown[i].includes(`${windows} 个窗口`), shown[i]);
    });
    assert.equal(await answer.getByTestId("truncated").count(), readings.filter((one) => one.truncated).length);
  });

  await checks.run("what was not read of a long text is said above it", async () => {
    const reading = { name: "encoder", tokens: 3412, windows: 4, coverage: 0.574, truncated: true };
    await patchAnswers(page, (answer) => ({ ...answer, encoders: [reading] }));
    const { answer } = await askAndSee(page, TEXT);
    const notice = await answer.getByTestId("truncated").textContent();
    assert.ok(notice.includes("57%") && notice.includes("3,412"), notice);
    assert.match(await meta(answer, "windows").textContent(), /4/);
    await page.unroute("**/v1/analyze");
  });

  await checks.run("an uncertain answer is marked as one, however high its score", async () => {
    await patchInfo(page, 0.95);
    await page.reload();
    const gate = { method: "learned", asked: experts.slice(0, 2), estimated_us: 9.1 };
    await patchAnswers(page, (answer) => ({ ...answer, score: 0.84, uncertain: true, gate }));
    const { answer } = await askAndSee(page, TEXT);
    assert.ok(await answer.getByTestId("uncertain").isVisible());
    const head = answer.locator(".verdict-head");
    assert.match(await head.getAttribute("class"), /verdict-unsure/);
    assert.match(await head.textContent(), /95%/, "the precision that it misses");
    assert.equal(await meta(answer, "stopped").count(), experts.length > 2 ? 1 : 0);
    assert.match(await page.getByTestId("spoken").textContent(), /不太确定/);
    await page.unroute("**/v1/analyze");
  });

  await checks.run("a certain answer is none, however low its score", async () => {
    await patchAnswers(page, (answer) => ({ ...answer, score: 0.45, uncertain: false }));
    const { answer } = await askAndSee(page, TEXT);
    assert.equal(await answer.getByTestId("uncertain").count(), 0);
    assert.doesNotMatch(await answer.locator(".verdict-head").getAttribute("class"), /verdict-unsure/);
    await page.unroute("**/v1/analyze");
  });

  await checks.run("uncertain rows of a file are counted", async () => {
    await page.route("**/predict_batch", async (route) => {
      const response = await route.fetch();
      const answer = await response.json();
      answer.results.forEach((item, i) => (item.uncertain = i === 0));
      await route.fulfill({ response, json: answer });
    });
    await page.locator("#tab-file").click();
    await page.locator(".file-head .link").click(); // the file of before is still there
    const buffer = Buffer.from("味道很好\n太难吃了\n还行\n");
    await page.getByTestId("file").setInputFiles({ name: "b.txt", mimeType: "text/plain", buffer });
    await page.getByTestId("start").click();
    await page.getByTestId("download").waitFor();
    await eventually(
      "uncertain rows",
      () => page.getByTestId("uncertain-rows").textContent(),
      (text) => text === "1",
    );
  });

  await checks.run("no complaint about budgets", () => assert.deepEqual(page.complaints, []));
  await page.context().close();
}
