// Pictures of the page for the README:  node tests/page/screenshots.mjs http://127.0.0.1:8080 OUTDIR
// Wants fonts with Chinese characters and emoji (Debian: fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji).
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ask, launch, openPage } from "./browser.mjs";

const [url, folder] = process.argv.slice(2);
if (!url || !folder) {
  console.error("usage: node screenshots.mjs http://127.0.0.1:PORT OUTDIR");
  process.exit(2);
}

const SHOTS = [
  {
    name: "page-zh-light.png",
    options: { locale: "zh-CN" },
    texts: [
      "等了四十分钟才上菜，鱼一点都不新鲜，服务员还爱理不理，再也不会来了。",
      "味道很好，服务员也很热情，就是周末排队要等一个小时，停车不太方便。",
    ],
  },
  {
    name: "page-en-dark.png",
    options: { locale: "en-US", dark: true },
    texts: [
      "Cold food, rude staff and an hour of waiting. Never again.",
      "The dumplings were wonderful and our waiter could not have been kinder, but it was so loud we had to shout.",
    ],
  },
];

await mkdir(folder, { recursive: true });
const browser = await launch();
for (const { name, options, texts } of SHOTS) {
  const page = await openPage(browser, url, { ...options, width: 1200, height: 760, scale: 2 });
  for (const text of texts) await ask(page, text);
  await page.waitForTimeout(600); // the bars have grown
  await page.screenshot({ path: join(folder, name) });
  console.log(join(folder, name));
  await page.context().close();
}
await browser.close();
