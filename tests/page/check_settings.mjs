// Theme, language, phone width.
import assert from "node:assert/strict";
import { ask, openPage } from "./browser.mjs";
import { eventually } from "./checks.mjs";

const theme = (page) => page.evaluate(() => document.documentElement.dataset.theme);
const ground = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

export async function checkSettings(checks, browser, url) {
  const page = await openPage(browser, url, { locale: "en-US" });

  await checks.run("the theme follows the system, and a choice is remembered", async () => {
    assert.equal(await theme(page), "light");
    const light = await ground(page);
    await page.emulateMedia({ colorScheme: "dark" });
    await eventually(
      "theme",
      () => theme(page),
      (value) => value === "dark",
    );
    assert.notEqual(await ground(page), light);
    await page.getByTestId("theme").click(); // light, against the system
    await eventually(
      "theme",
      () => theme(page),
      (value) => value === "light",
    );
    await page.getByTestId("theme").click(); // dark
    await page.emulateMedia({ colorScheme: "light" });
    await page.reload();
    assert.equal(await theme(page), "dark");
  });

  await checks.run("the language follows the browser, and a choice is remembered", async () => {
    const lang = () => page.evaluate(() => document.documentElement.lang);
    assert.equal(await lang(), "en");
    assert.equal(await page.locator("#tab-review").textContent(), "Review");
    await page.getByTestId("language").click();
    await eventually("lang", lang, (value) => value === "zh-CN");
    assert.equal(await page.locator("#tab-review").textContent(), "评论");
    await page.reload();
    assert.equal(await lang(), "zh-CN");
    assert.equal(await page.locator("#tab-review").textContent(), "评论");
  });

  await checks.run("no complaint while settings changed", () => assert.deepEqual(page.complaints, []));
  await page.context().close();

  for (const locale of ["zh-CN", "en-US"]) {
    const phone = await openPage(browser, url, { locale, width: 360, height: 740 });
    await checks.run(`a phone of 360 px scrolls only downwards (${locale})`, async () => {
      assert.equal(await overflow(phone), 0, "welcome");
      const long =
        "averyveryverylongwordwithoutanyspace".repeat(5) + " 味道很好，服务也很热情，就是停车不方便。".repeat(12);
      const answer = await ask(phone, long);
      await answer.locator("summary").click();
      await answer.getByTestId("view-sentences").click();
      await answer.getByTestId("sentences").waitFor();
      if (await answer.locator(".chips-foot .link").count()) await answer.locator(".chips-foot .link").click();
      assert.equal(await overflow(phone), 0, "answer");
      const wide = await phone.evaluate(() => {
        const scroller = document.querySelector(".scroll");
        return scroller.scrollWidth - scroller.clientWidth;
      });
      assert.equal(wide, 0, "answer inside the scroller");
      await phone.getByTestId("history-open").click();
      assert.ok(await phone.locator("dialog .history-open").isVisible());
      assert.equal(await overflow(phone), 0, "history");
      await phone.keyboard.press("Escape");
      assert.ok(!(await phone.locator("dialog").isVisible()));
      await phone.locator("#tab-file").click();
      assert.equal(await overflow(phone), 0, "file");
    });
    await checks.run(`no complaint on the phone (${locale})`, () => assert.deepEqual(phone.complaints, []));
    await phone.context().close();
  }
}
