// Models and rollout for those who may change them, and API keys.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ask, openPage } from "./browser.mjs";
import { eventually } from "./checks.mjs";
import { inFolder, rolloutConfig, serve, TENOR } from "./own_server.mjs";

const MODELS = fileURLToPath(new URL("../../models/", import.meta.url));
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

async function fits(page) {
  assert.equal(await overflow(page), 0);
  const wide = await page.locator("#panel-admin .scroll").evaluate((box) => box.scrollWidth - box.clientWidth);
  assert.equal(wide, 0);
}

// Runs `work` with a server of these flags and a page of it that is open.
async function withServer(browser, flags, options, work) {
  const server = await serve(flags);
  const page = await openPage(browser, server.url, options);
  try {
    await work(page, server);
  } finally {
    await page.context().close();
    await server.stop();
  }
}

async function openAdmin(page) {
  await page.locator("#tab-admin").click();
  await page.getByTestId("admin-models").waitFor();
}

// DIR/zh/1.0.0 and 2.0.0, DIR/en/1.0.0: the default models.
async function repository(folder) {
  for (const [name, version] of [
    ["zh", "1.0.0"],
    ["zh", "2.0.0"],
    ["en", "1.0.0"],
  ]) {
    await mkdir(join(folder, name), { recursive: true });
    await cp(join(MODELS, name), join(folder, name, version), { recursive: true });
  }
}

async function checkModels(checks, browser) {
  await checks.run("versions are loaded, pinned, unloaded and looked for", () =>
    inFolder(async (folder) => {
      await repository(folder);
      await withServer(browser, ["--repository", folder, "--admin"], { locale: "en-US" }, async (page, server) => {
        await openAdmin(page);
        const row = (name) => page.locator(`.admin-model[data-model="${name}"]`);
        const served = (name) => row(name).getByTestId("served").textContent();
        assert.match(await served("zh"), /2\.0\.0$/);
        await row("zh").getByTestId("version").selectOption("1.0.0");
        await row("zh").getByTestId("load").click();
        await eventually(
          "the older version",
          () => served("zh"),
          (text) => /1\.0\.0 · pinned/.test(text),
        );
        const { models } = await (await page.request.get(`${server.url}/v1/models`)).json();
        assert.equal(models.find(({ name }) => name === "zh").served, "1.0.0");
        await row("en").getByTestId("unload").click();
        assert.match(await row("en").getByTestId("unload").textContent(), /Really/);
        await row("en").getByTestId("unload").click();
        await eventually(
          "unloaded",
          () => served("en"),
          (text) => text.includes("none"),
        );
        await row("zh").getByTestId("unload").click();
        await row("zh").getByTestId("unload").click();
        await page.getByTestId("admin-problem").waitFor(); // the last one stays
        await cp(join(MODELS, "en"), join(folder, "en", ".3.0.0"), { recursive: true });
        execFileSync("mv", [join(folder, "en", ".3.0.0"), join(folder, "en", "3.0.0")]);
        await page.getByTestId("rescan").click();
        await eventually(
          "the new version",
          () => row("en").getByTestId("version").locator("option").allTextContents(),
          (versions) => versions.includes("3.0.0"),
        );
        assert.ok(await page.getByTestId("no-rollout").isVisible());
      });
    }),
  );
}

async function checkRollout(checks, browser) {
  await checks.run("a rollout is watched and steered, and every step is in its history", () =>
    inFolder(async (folder) => {
      const flags = ["--config", await rolloutConfig(folder), "--admin"];
      await withServer(browser, flags, { locale: "en-US" }, async (page, server) => {
        const told = async () => (await page.request.get(`${server.url}/v1/rollout`)).json();
        const phase = () => page.getByTestId("phase").getAttribute("data-phase");
        await ask(page, "味道很好");
        await openAdmin(page);
        await page.getByTestId("admin-rollout").waitFor();
        assert.equal(await phase(), "running");
        const traffic = await page.getByTestId("arms").locator("tbody tr").allTextContents();
        assert.match(
          traffic.find((row) => row.startsWith("july")),
          /canary50%/,
        );
        assert.match(
          traffic.find((row) => row.startsWith("june")),
          /live40%/,
        );
        await page.getByTestId("reason").fill("lunch");
        await page.getByTestId("action-pause").click();
        await eventually("paused", phase, (value) => value === "paused");
        assert.equal(await page.getByTestId("action-advance").count(), 0, "what the phase does not allow is not there");
        const last = page.getByTestId("decisions").locator("li").first();
        assert.match(await last.textContent(), /paused, asked for: lunch/);

        const slider = page.getByTestId("weights").locator('input[data-arm="tiny"]');
        await slider.focus();
        for (let i = 0; i < 30; i += 1) await page.keyboard.press("ArrowRight");
        assert.match(await page.getByTestId("left").textContent(), /june keeps 25% /);
        await page.getByTestId("apply-weights").click();
        await eventually("weights", told, ({ arms }) => arms.find(({ name }) => name === "tiny").weight === 0.5);
        await eventually(
          "the history",
          () => last.getAttribute("data-move"),
          (move) => move === "weights",
        );

        await page.getByTestId("action-abort").click();
        assert.equal(await phase(), "paused", "grave steps are asked once more");
        await page.getByTestId("action-abort").click();
        await eventually("rolled back", phase, (value) => value === "rolled_back");
        assert.equal((await told()).canary.phase, "rolled_back");
        assert.deepEqual(page.complaints, []);
        await page.setViewportSize({ width: 360, height: 740 });
        await fits(page);
      });
    }),
  );
}

async function checkKeys(checks, browser) {
  await checks.run("a server with keys asks for one, takes only its own, and keeps it in the tab", () =>
    inFolder(async (folder) => {
      const file = join(folder, "keys");
      const key = execFileSync(TENOR, ["keys", "add", file, "alice", "--role", "admin"], { encoding: "utf8" }).trim();
      await withServer(browser, ["--keys", file, "--admin"], { locale: "en-US" }, async (page) => {
        const dialog = page.getByTestId("key-dialog");
        const give = async (value) => {
          await dialog.getByRole("textbox").or(dialog.locator("input")).first().fill(value);
          await page.getByTestId("key-use").click();
        };
        await dialog.waitFor();
        await give("not-the-key");
        await page.getByTestId("key-wrong").waitFor();
        await page.keyboard.press("Escape");
        await dialog.waitFor({ state: "detached" });
        assert.equal(await page.evaluate(() => sessionStorage.length), 0, "a wrong key is not kept");
        await page.locator("#composer").fill("味道很好");
        await page.locator("#composer").press("Enter");
        await page.getByTestId("failed").waitFor();
        assert.equal(await page.getByTestId("failed").getAttribute("data-problem"), "key");
        assert.equal(await dialog.count(), 0, "who has no key is not asked again and again");
        await page.getByTestId("key").click();
        await give(key.split(/\s+/).at(-1));
        await page.locator("#tab-admin").waitFor();
        await page.getByTestId("failed").getByRole("button").click();
        await page.getByTestId("answer").waitFor();
        await page.reload();
        await page.locator("#tab-admin").waitFor();
        assert.equal(await dialog.count(), 0);
        assert.equal(await page.evaluate(() => JSON.stringify(localStorage).includes("tenor.key")), false);
      });
    }),
  );
}

export async function checkAdmin(checks, browser, url) {
  const page = await openPage(browser, url);
  await checks.run("who may not change anything sees nothing of it", async () => {
    const { admin } = await (await page.request.get(`${url}/info`)).json();
    assert.equal(admin, false);
    await page.goto(`${url}/#admin`);
    await page.reload();
    await page.locator("#tab-review[aria-selected='true']").waitFor();
    assert.equal(await page.locator("#tab-admin").count(), 0);
    assert.equal(await page.getByTestId("key").count(), 0);
    assert.deepEqual(page.complaints, []);
  });
  await page.context().close();
  if (!TENOR) return;
  if ((await readdir(MODELS)).includes("zh")) await checkModels(checks, browser);
  await checkRollout(checks, browser);
  await checkKeys(checks, browser);
}
