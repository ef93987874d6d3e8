// The page of a running server, used as a reader would:  node tests/page/page.mjs http://127.0.0.1:8080
import { launch } from "./browser.mjs";
import { Checks } from "./checks.mjs";
import { checkAdmin } from "./check_admin.mjs";
import { checkBudgets } from "./check_budgets.mjs";
import { checkCompare } from "./check_compare.mjs";
import { checkErrors } from "./check_errors.mjs";
import { checkFeedback } from "./check_feedback.mjs";
import { checkFiles } from "./check_files.mjs";
import { checkLive } from "./check_live.mjs";
import { checkModel } from "./check_model.mjs";
import { checkReviews } from "./check_reviews.mjs";
import { checkRuns } from "./check_runs.mjs";
import { checkSentences } from "./check_sentences.mjs";
import { checkSettings } from "./check_settings.mjs";

const [url, ...wanted] = process.argv.slice(2);
if (!url) {
  console.error(
    "usage: node page.mjs http://127.0.0.1:PORT [checkLive …]   (a running server; all parts where none is named)",
  );
  process.exit(2);
}

const PARTS = [
  checkReviews,
  checkSentences,
  checkFeedback,
  checkCompare,
  checkBudgets,
  checkModel,
  checkSettings,
  checkFiles,
  checkRuns,
  checkLive,
  checkAdmin,
  checkErrors,
];
const browser = await launch();
const checks = new Checks();
try {
  for (const part of PARTS.filter(({ name }) => wanted.length === 0 || wanted.includes(name)))
    await part(checks, browser, url);
} catch (error) {
  console.error(error); // a part could not even start
  checks.failed += 1;
} finally {
  await browser.close();
}
console.log(`${checks.passed} passed, ${checks.failed} failed`);
process.exit(checks.failed === 0 ? 0 : 1);
