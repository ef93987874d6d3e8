// What the page says when the server cannot answer. The server's part is played by intercepted requests here.
import assert from "node:assert/strict";
import { openPage } from "./browser.mjs";
import { eventually } from "./checks.mjs";

const TEXT = "味道很好，服务员也很热情。";

const problem = (status, code, headers = {}) => ({
  status,
  headers: { "Content-Type": "application/problem+json", ...headers },
  body: JSON.stringify({ title: code, status, code, detail: `detail of ${code}` }),
});

async function send(page, text = TEXT) {
  await page.locator("#composer").fill(text);
  await page.locator("#composer").press("Enter");
}

export async function checkErrors(checks, browser, url) {
  const page = await openPage(browser, url);
  const failed = page.getByTestId("failed");

  await checks.run("a server that is away is said so, and a retry works", async () => {
    await page.route("**/v1/analyze", (route) => route.abort("connectionrefused"));
    await send(page);
    await failed.waitFor();
    assert.equal(await failed.getAttribute("data-problem"), "away");
    await page.unroute("**/v1/analyze");
    await failed.getByRole("button").click();
    await page.getByTestId("answer").waitFor();
    assert.equal(await failed.count(), 0);
  });

  await checks.run("a busy server is waited for as long as it asks", async () => {
    let refused = 0;
    await page.route("**/v1/analyze", (route) => {
      refused += 1;
      return refused === 1 ? route.fulfill(problem(429, "too_busy", { "Retry-After": "1" })) : route.continue();
    });
    await send(page);
    await page.getByTestId("pending").filter({ hasText: "1" }).waitFor();
    await eventually(
      "answered",
      () => page.getByTestId("answer").count(),
      (n) => n === 2,
    );
    assert.equal(refused, 2);
    await page.unroute("**/v1/analyze");
  });

  const cases = [
    [413, "body_too_large", "too_long"],
    [422, "empty_text", "empty"],
    [422, "unknown_language", "refused"],
    [500, "internal", "failed"],
  ];
  for (const [status, code, kind] of cases) {
    await checks.run(`${status} ${code} is told in words`, async () => {
      await page.getByTestId("new").click();
      await page.route("**/v1/analyze", (route) => route.fulfill(problem(status, code)));
      await send(page);
      await failed.waitFor();
      assert.equal(await failed.getAttribute("data-problem"), kind);
      await page.unroute("**/v1/analyze");
    });
  }

  await checks.run("Stop gives the text back", async () => {
    await page.getByTestId("new").click();
    await page.route("**/v1/analyze", () => undefined); // never answered
    await send(page);
    await page.getByTestId("pending").waitFor();
    await page.locator("#composer").press("Escape");
    await eventually(
      "text",
      () => page.locator("#composer").inputValue(),
      (text) => text === TEXT,
    );
    assert.equal(await page.getByTestId("pending").count(), 0);
    await page.unroute("**/v1/analyze");
  });

  await checks.run("a text beyond the server's limit is not sent", async () => {
    // 3 MB against the default limit of 2 MiB. Set from inside: typing that much takes the browser minutes.
    await page.locator("#composer").evaluate((field) => {
      field.value = "好".repeat(1_000_000);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await page.getByTestId("send").click();
    assert.match(await page.locator("#composer-problem").textContent(), /MiB/);
  });

  await checks.run("a busy server slows a file down and loses nothing", async () => {
    let calls = 0;
    await page.route("**/predict_batch", (route) => {
      calls += 1;
      return calls === 2 ? route.fulfill(problem(429, "too_busy", { "Retry-After": "1" })) : route.continue();
    });
    await page.locator("#tab-file").click();
    const buffer = Buffer.from(Array.from({ length: 450 }, (_, i) => `味道很好 ${i}`).join("\n"));
    await page.getByTestId("file").setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer });
    await page.getByTestId("start").click();
    await page.getByTestId("download").waitFor({ timeout: 30_000 });
    assert.equal(await page.getByTestId("errors").textContent(), "0");
    assert.ok(calls >= 4);
  });
  await page.context().close();
}
