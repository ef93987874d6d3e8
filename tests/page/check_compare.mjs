// One text, two models, side by side.
import assert from "node:assert/strict";
import { ask, openPage } from "./browser.mjs";
import { inFolder, rolloutConfig, serve, TENOR } from "./own_server.mjs";

const TEXT = "味道很好，服务员爱理不理。";
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
const side = (answer, name) => answer.getByTestId(`compare-${name}`);

async function compare(answer) {
  await answer.getByTestId("compare-open").press("Enter");
  await answer.getByTestId("compare").waitFor();
}

// Both columns are filled.
async function compared(answer) {
  for (const name of ["left", "right"]) await side(answer, name).locator("[data-label]").waitFor();
}

export async function checkCompare(checks, browser, url) {
  const page = await openPage(browser, url, { locale: "en-US" });
  const { models } = await (await page.request.get(`${url}/info`)).json();

  await checks.run("with one model there is nothing to compare; with more, each is asked by its name", async () => {
    const asked = [];
    page.on("request", (request) => request.url().endsWith("/v1/analyze") && asked.push(request.postDataJSON().model));
    const answer = await ask(page, TEXT);
    assert.equal(await answer.getByTestId("compare-open").count(), models.length > 1 ? 1 : 0);
    if (models.length < 2) return;
    await compare(answer);
    await compared(answer);
    const names = models.map(({ name }) => name);
    const own = await side(answer, "left").locator("select").inputValue();
    assert.ok((await side(answer, "left").locator(".compare-answer").textContent()).includes(own));
    assert.deepEqual(new Set(asked), new Set([undefined, ...names.slice(0, 2)]));
    const left = await side(answer, "left").locator("[data-label]").getAttribute("data-label");
    const right = await side(answer, "right").locator("[data-label]").getAttribute("data-label");
    assert.equal(left, await answer.getAttribute("data-label"), "the model that answered stands on the left");
    const outcome = await answer.getByTestId("compare-outcome").textContent();
    assert.match(outcome, left === right ? /alike/ : /differently/);
  });

  await checks.run("another model can be chosen, and the same one twice agrees with itself", async () => {
    if (models.length < 2) return;
    const answer = page.getByTestId("answer").last();
    const own = await side(answer, "left").locator("select").inputValue();
    await side(answer, "right").locator("select").selectOption(own);
    await answer.getByTestId("compare-outcome").filter({ hasText: "alike" }).waitFor();
    await compared(answer);
    assert.equal(await answer.locator(".compare-differs").count(), 0);
    await answer.getByTestId("compare-open").click();
    assert.equal(await answer.getByTestId("compare").count(), 0);
  });

  await checks.run("a model that gives no answer is said so, and a retry works", async () => {
    if (models.length < 2) return;
    const answer = page.getByTestId("answer").last();
    const other = models.at(-1).name;
    await page.route("**/v1/analyze", (route) =>
      route.request().postDataJSON().model === other ? route.abort("connectionrefused") : route.continue(),
    );
    await compare(answer);
    const failed = answer.locator(".compare-failed");
    await failed.waitFor();
    await page.unroute("**/v1/analyze");
    await failed.getByRole("button").click();
    await compared(answer);
  });

  await checks.run("the comparison fits a phone", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    assert.equal(await overflow(page), 0);
    const wide = await page.locator("#panel-review .scroll").evaluate((box) => box.scrollWidth - box.clientWidth);
    assert.equal(wide, 0);
  });
  await page.context().close();

  if (!TENOR) return;
  await checks.run("of a rollout its models are compared, shadows too, and none of that is counted", () =>
    inFolder(async (folder) => {
      const server = await serve(["--config", await rolloutConfig(folder)]);
      const own = await openPage(browser, server.url);
      const counted = async () => {
        const { arms } = await (await own.request.get(`${server.url}/v1/rollout`)).json();
        return arms.reduce((sum, arm) => sum + (arm.total?.requests ?? 0), 0);
      };
      try {
        const answer = await ask(own, TEXT);
        assert.equal(await counted(), 1);
        await compare(answer);
        await compared(answer);
        const options = side(answer, "right").locator("option");
        assert.deepEqual(await options.allTextContents(), ["june", "tiny", "july", "shade"]);
        await side(answer, "right").locator("select").selectOption("shade");
        await compared(answer);
        await answer.getByTestId("compare-outcome").filter({ hasText: "一致" }).waitFor(); // they are one model
        assert.equal(await counted(), 1);
        assert.deepEqual(own.complaints, []);
      } finally {
        await own.context().close();
        await server.stop();
      }
    }),
  );
}
