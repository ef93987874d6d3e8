// Debian's Chromium, headless.
import { chromium } from "playwright-core";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

// A page in a fresh profile. Its console errors, failed loads and policy violations are collected in page.complaints.
export async function openPage(
  browser,
  url,
  { locale = "zh-CN", width = 1280, height = 860, dark = false, scale = 1 } = {},
) {
  const context = await browser.newContext({
    locale,
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    acceptDownloads: true,
    deviceScaleFactor: scale,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" || /content security policy/i.test(message.text()))
      page.complaints.push(message.text());
  });
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText;
    if (why === "net::ERR_ABORTED" && request.url().endsWith("/favicon.svg")) return; // cut off by a reload
    page.complaints.push(`${request.url()}: ${why}`);
  });
  await page.goto(url);
  await page.getByTestId("send").waitFor({ state: "attached" }); // hidden where the page opens on the other tab
  return page;
}

export async function ask(page, text) {
  const before = await page.getByTestId("answer").count();
  await page.locator("#composer").fill(text);
  await page.locator("#composer").press("Enter");
  const answer = page.getByTestId("answer").nth(before);
  await answer.waitFor();
  return answer;
}
