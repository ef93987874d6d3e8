// Pictures of the page for the README:  tests/page/run.sh TENOR screenshots.mjs docs/images
// or of a server that runs already:  node tests/page/screenshots.mjs http://127.0.0.1:8080 OUTDIR
// Wants fonts with Chinese characters and emoji (Debian: fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji).
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { ask, launch, openPage } from "./browser.mjs";

const [url, folder] = process.argv.slice(2);
if (!url || !folder) {
  console.error("usage: node screenshots.mjs http://127.0.0.1:PORT OUTDIR");
  process.exit(2);
}

const MOST_BYTES = 200_000; // of a picture

async function review(page, text) {
  const answer = await ask(page, text);
  await page.waitForTimeout(600); // the bars have grown
  return answer;
}

async function sentences(page, text) {
  const answer = await review(page, text);
  await answer.getByTestId("view-sentences").click();
  await answer.getByTestId("sentences").waitFor();
  await page
    .locator(".scroll")
    .first()
    .evaluate((box) => box.scrollTo(0, box.scrollHeight));
}

// The first model with a curve, else the first one.
async function model(page) {
  await page.locator("#tab-model").click();
  await page.getByTestId("model").first().waitFor();
  const fitted = page.getByTestId("model").filter({ has: page.getByTestId("curve") });
  const card = (await fitted.count()) > 0 ? fitted.first() : page.getByTestId("model").first();
  await card.evaluate((element) => element.scrollIntoView({ block: "start" }));
}

const PHRASES = ["味道很好", "服务员爱理不理", "排队要等一个小时", "环境干净", "价格偏贵", "下次还会再来", "鱼不新鲜"];

// A minute of readers who come and go, a part of whose texts comes again.
async function live(page) {
  await page.locator("#tab-live").click();
  await page.getByTestId("live-tiles").waitFor();
  for (let second = 0; second < 60; second += 1) {
    const readers = Math.round(9 + 6 * Math.sin(second / 9));
    const texts = Array.from({ length: readers }, (_, i) => {
      const phrases = Array.from({ length: 2 + ((second + i) % 4) }, (_, j) => PHRASES[(second * 3 + i * 5 + j) % 7]);
      return i % 3 === 0 ? phrases.join("，") : `${phrases.join("，")}，第 ${second * 20 + i} 次来。`;
    });
    await Promise.all(
      texts.map((text, i) =>
        page.request.post(`${url}/v1/analyze`, { data: { text, budget: ["balanced", "best", "fast"][i % 3] } }),
      ),
    );
    await page.waitForTimeout(700);
  }
}

const SHOTS = [
  {
    name: "page-zh-light.png",
    options: { locale: "zh-CN", height: 760 },
    show: (page) => review(page, "味道很好，服务员也很热情，就是周末排队要等一个小时，停车不太方便。"),
  },
  {
    name: "page-zh-sentences.png",
    options: { locale: "zh-CN", height: 820 },
    show: (page) =>
      sentences(
        page,
        "味道很好，服务员也很热情！周末排队要等一个小时。停车很不方便，价格偏贵。环境干净，下次还会再来😊",
      ),
  },
  {
    name: "page-en-dark.png",
    options: { locale: "en-US", dark: true, height: 760 },
    show: (page) =>
      review(
        page,
        "The dumplings were wonderful and our waiter could not have been kinder, but it was so loud we had to shout.",
      ),
  },
  { name: "page-en-live.png", options: { locale: "en-US", height: 980 }, show: live },
  { name: "page-en-model.png", options: { locale: "en-US", height: 900 }, show: model },
];

await mkdir(folder, { recursive: true });
const browser = await launch();
for (const { name, options, show } of SHOTS) {
  const page = await openPage(browser, url, { ...options, width: 1120 });
  await show(page);
  await page.mouse.move(0, 0);
  await page.waitForTimeout(300);
  const path = join(folder, name);
  await page.screenshot({ path });
  const { size } = await stat(path);
  console.log(`${path}: ${size} bytes`);
  if (size > MOST_BYTES) throw new Error(`${path} is larger than ${MOST_BYTES} bytes`);
  if (page.complaints.length > 0) throw new Error(`complaints: ${page.complaints.join("; ")}`);
  await page.context().close();
}
await browser.close();
