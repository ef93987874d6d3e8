// The server as it works: figures out of /metrics while somebody looks.
import assert from "node:assert/strict";
import { openPage } from "./browser.mjs";
import { eventually } from "./checks.mjs";

const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
const tile = (page, name) => page.locator(`[data-tile="${name}"] dd`).textContent();
const figure = (text) => Number.parseFloat(text.replaceAll(",", ""));

async function openLive(page) {
  await page.locator("#tab-live").click();
  await page.getByTestId("live-tiles").waitFor();
}

const countRequests = (page, path) => {
  const seen = { n: 0 };
  page.on("request", (request) => (seen.n += new URL(request.url()).pathname === path ? 1 : 0));
  return seen;
};

const predict = (page, url, text) => page.request.post(`${url}/predict`, { data: { text } });

// What the canvas shows: how many of its pixels are neither transparent nor the grid's and words' own grey.
const colours = (page, id) =>
  page.evaluate((id) => {
    const canvas = document.querySelector(`[data-testid="live-${id}"] canvas`);
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const found = {};
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] < 255) continue;
      const name = `${data[i]},${data[i + 1]},${data[i + 2]}`;
      found[name] = (found[name] ?? 0) + 1;
    }
    return found;
  }, id);
const rgb = (page, name) =>
  page.evaluate((name) => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = `var(${name})`;
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color.match(/\d+/g).join(",");
  }, name);

export async function checkLive(checks, browser, url) {
  const page = await openPage(browser, url, { locale: "en-US" });
  const metrics = countRequests(page, "/metrics");

  await checks.run("nothing of the live view is loaded before somebody wants it", async () => {
    const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
    assert.ok(loaded.some((name) => /\/assets\/index-.*\.js$/.test(name)));
    assert.deepEqual(
      loaded.filter((name) => /LivePanel|metrics/.test(name)),
      [],
    );
  });

  await checks.run("traffic is seen as throughput, latency and experts' share", async () => {
    await openLive(page);
    assert.match(page.url(), /#live$/);
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(
        Array.from({ length: 10 }, (_, i) => predict(page, url, `味道很好，下次再来 ${Date.now()} ${round} ${i}`)),
      );
      await page.waitForTimeout(600);
    }
    await eventually(
      "texts a second",
      () => tile(page, "texts"),
      (text) => figure(text) > 0.5,
    );
    await eventually(
      "a latency",
      () => tile(page, "p95"),
      (text) => /\d/.test(text),
    );
    const told = await page.getByTestId("live-latency").locator(".live-plot").getAttribute("aria-label");
    assert.match(told, /p95: now [\d.,]+ (µs|ms)/);
    const experts = await page.getByTestId("live-experts").locator(".live-plot").getAttribute("aria-label");
    assert.match(experts, /Linear SVM: now 100%/);
  });

  await checks.run("a text that comes again is seen as a cache hit", async () => {
    for (let i = 0; i < 30; i += 1) await predict(page, url, "味道很好，下次再来");
    await eventually(
      "hits",
      () => tile(page, "cache"),
      (text) => figure(text) > 20,
    );
  });

  await checks.run("the charts are drawn, in the theme's colours", async () => {
    for (const id of ["throughput", "latency", "queue", "experts"]) {
      const width = await page
        .getByTestId(`live-${id}`)
        .locator("canvas")
        .evaluate((canvas) => canvas.clientWidth);
      assert.ok(width > 200, `${id} is ${width} wide`);
    }
    const line = await rgb(page, "--line-1");
    await eventually(
      "a line",
      () => colours(page, "throughput"),
      (found) => (found[line] ?? 0) > 20,
    );
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await eventually(
      "another colour",
      () => rgb(page, "--line-1"),
      (found) => found !== line,
    );
    const found = await eventually(
      "a line",
      () => colours(page, "throughput"),
      (found) => (found[dark] ?? 0) > 20,
    );
    assert.equal(found[line], undefined);
    await page.emulateMedia({ colorScheme: "light" });
  });

  await checks.run("figures stand in tables, opened by keys", async () => {
    const summary = page.getByTestId("live-latency").locator("summary");
    await summary.focus();
    await page.keyboard.press("Enter");
    const rows = page.getByTestId("live-latency").locator("tbody tr");
    assert.equal(await rows.count(), 3);
    assert.match(await rows.nth(1).textContent(), /p95.*(µs|ms)/);
  });

  await checks.run("drift is told for every model that has a reference", async () => {
    const text = await (await page.request.get(`${url}/metrics`)).text();
    const told = [...text.matchAll(/^tenor_drift_psi\{.*signal="(\w+)"/gm)].length;
    assert.equal(await page.getByTestId("live-drift").locator("tbody tr").count(), told);
  });

  await checks.run("devices are shown where the server tells of them", async () => {
    const there = (await page.request.get(`${url}/v1/devices`)).status() === 200;
    assert.equal(await page.getByTestId("live-devices").count(), there ? 1 : 0);
  });

  await checks.run("a pause, and another tab, stop the questions", async () => {
    await page.getByTestId("live-pause").focus();
    await page.keyboard.press("Space");
    assert.equal(await page.getByTestId("live-pause").getAttribute("aria-pressed"), "true");
    await page.waitForTimeout(300);
    const paused = metrics.n;
    await page.waitForTimeout(2600);
    assert.equal(metrics.n, paused);
    await page.getByTestId("live-pause").click();
    await eventually(
      "asked again",
      () => metrics.n,
      (n) => n > paused,
    );
    await page.locator("#tab-review").click();
    await page.waitForTimeout(300);
    const away = metrics.n;
    await page.waitForTimeout(2600);
    assert.equal(metrics.n, away);
    await openLive(page);
    assert.ok(
      (await page.getByTestId("live-throughput").locator("tbody td").first().textContent()) !== "–",
      "it is kept",
    );
    await eventually(
      "asked again",
      () => metrics.n,
      (n) => n > away,
    );
  });

  await checks.run("no complaint about the live view", () => {
    // A question under way is cut off by leaving.
    const meant = (text) => /net::ERR_ABORTED/.test(text);
    assert.deepEqual(
      page.complaints.filter((text) => !meant(text)),
      [],
    );
  });

  await checks.run("a server that is away is said so, and the view goes on when it is back", async () => {
    await page.route("**/metrics", (route) => route.abort("connectionrefused"));
    await page.getByTestId("live-problem").waitFor();
    await page.unroute("**/metrics");
    await page.getByTestId("live-problem").waitFor({ state: "detached" });
  });

  await checks.run("metrics that are none are refused", async () => {
    await page.route("**/metrics", (route) => route.fulfill({ body: "<html>a proxy's page</html>" }));
    await page.getByTestId("live-problem").waitFor();
    await page.unroute("**/metrics");
  });
  await page.context().close();

  for (const [locale, dark] of [
    ["zh-CN", true],
    ["en-US", false],
  ]) {
    const phone = await openPage(browser, url, { locale, dark, width: 360, height: 740 });
    await checks.run(`the live view fits a phone (${locale}, ${dark ? "dark" : "light"})`, async () => {
      await openLive(phone);
      await phone.getByTestId("live-drift").waitFor();
      assert.equal(await overflow(phone), 0);
      const wide = await phone.locator("#panel-live .scroll").evaluate((box) => box.scrollWidth - box.clientWidth);
      assert.equal(wide, 0);
    });
    await phone.context().close();
  }
}
