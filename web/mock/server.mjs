// A stand-in for `tenor serve` while working on the page: the routes of docs/http-api.md that the page uses, answered from
// a handful of words. Its verdicts mean nothing. Serves web/dist under the real server's content security policy.
//
//   node mock/server.mjs [PORT]        MOCK_DELAY_MS=300 slows answers, MOCK_BUSY=0.2 refuses that share with 429
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { createMetrics } from "./metrics.mjs";
import { createModels, createRollout } from "./operations.mjs";

const PORT = Number(process.argv[2] ?? 8080);
const DELAY_MS = Number(process.env.MOCK_DELAY_MS ?? 0);
const BUSY = Number(process.env.MOCK_BUSY ?? 0);
const DIST = fileURLToPath(new URL("../dist/", import.meta.url));
const POLICY =
  "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const MAX_BODY = 1 << 20;
const EXPERTS = ["logistic_regression", "linear_svm", "encoder"];
// As /info gave it for an English model.
const GATE = JSON.parse(await readFile(new URL("gate.json", import.meta.url), "utf8"));

// word -> [weight, aspect]
const WORDS = {
  zh: {
    味道很好: [1.3, "food_taste"],
    好吃: [1.2, "food_taste"],
    味道一般: [-0.2, "food_taste"],
    不新鲜: [-1.2, "food_taste"],
    一点都不新鲜: [-1.3, "food_taste"],
    很热情: [1.1, "service_hospitality"],
    爱理不理: [-1.5, "service_hospitality"],
    排队要等一个小时: [-0.5, "service_queue"],
    停车不太方便: [-0.5, "service_parking"],
    等了四十分钟: [-1, "service_timely"],
    挺有格调: [0.9, "ambience_decoration"],
    菜量偏少: [-0.6, "food_portion"],
    价格倒还算公道: [0.5, "price_level"],
    再也不会来: [-1.6, "food_recommend"],
    很好: [0.8, "food_recommend"],
  },
  en: {
    wonderful: [1.3, "food"],
    "could not have been kinder": [1.2, "service"],
    "so loud": [-0.6, "noise"],
    "Cold food": [-1.2, "food"],
    "rude staff": [-1.4, "service"],
    "Never again": [-1.5, undefined],
    delicious: [1.2, "food"],
    friendly: [1, "service"],
    okay: [-0.05, undefined],
    fine: [0.1, "service"],
    "Nothing special": [-0.1, "food"],
  },
};
const ASPECTS = {
  zh: [
    ...[
      "location_transportation",
      "location_downtown",
      "location_easy_to_find",
      "service_queue",
      "service_hospitality",
    ],
    ...[
      "service_parking",
      "service_timely",
      "price_level",
      "price_cost_effective",
      "price_discount",
      "ambience_decoration",
    ],
    ...[
      "ambience_noise",
      "ambience_space",
      "ambience_sanitary",
      "food_portion",
      "food_taste",
      "food_appearance",
      "food_recommend",
    ],
  ],
  en: ["food", "service", "ambiance", "noise"],
};

function found(text, language) {
  const hits = [];
  for (const [word, [weight, aspect]] of Object.entries(WORDS[language])) {
    const at = text.indexOf(word);
    if (at < 0) continue;
    const start = Array.from(text.slice(0, at)).length;
    hits.push({ text: word, start, end: start + Array.from(word).length, weight, aspect });
  }
  return hits;
}

function judge(margin) {
  const scores = { positive: Math.exp(1.6 * margin), neutral: 1.2, negative: Math.exp(-1.6 * margin) };
  const total = scores.positive + scores.neutral + scores.negative;
  const probabilities = Object.fromEntries(Object.entries(scores).map(([label, score]) => [label, score / total]));
  const label = Object.keys(probabilities).reduce((a, b) => (probabilities[b] > probabilities[a] ? b : a));
  return { label, score: probabilities[label], probabilities };
}

const evidenceFor = (label, hits) =>
  hits.map(({ aspect, ...hit }) => ({ ...hit, weight: label === "negative" ? -hit.weight : hit.weight }));

function short(text, forced) {
  const language = forced ?? (/\p{Script=Han}/u.test(text) ? "zh" : "en");
  const verdict = judge(found(text, language).reduce((sum, hit) => sum + hit.weight, 0));
  const model = { language, model: `tenor-${language}`, model_version: "mock" };
  return {
    ...verdict,
    ...model,
    uncertain: verdict.score < 0.7,
    characters: Array.from(text).length,
    invalid_bytes: 0,
  };
}

function sentencesOf(text, forced) {
  let start = 0;
  return text.split(/(?<=[。！？!?\n]|\. )/).flatMap((part) => {
    const from = start + Array.from(part).length - Array.from(part.trimStart()).length;
    const end = from + Array.from(part.trim()).length;
    start += Array.from(part).length;
    if (part.trim() === "") return [];
    const { label, score, uncertain, probabilities } = short(part, forced);
    return [{ text: part.trim(), start: from, end, label, score, uncertain, probabilities, aspects: [] }];
  });
}

function analyze({ text, language: forced, budget, granularity }) {
  const answer = short(text, forced);
  const hits = found(text, answer.language);
  const aspects = ASPECTS[answer.language].map((name) => {
    const own = hits.filter((hit) => hit.aspect === name);
    if (own.length === 0)
      return { name, label: "not_mentioned", score: 0.97, probabilities: {}, evidence: [], terms: [] };
    const verdict = judge(own.reduce((sum, hit) => sum + hit.weight, 0) * 1.5);
    return { name, ...verdict, evidence: evidenceFor(verdict.label, own), terms: [] };
  });
  const evidence = evidenceFor(answer.label, hits);
  const terms = evidence.map((hit) => ({ term: hit.text, count: 1, weight: hit.weight / 2 }));
  const asked = budget === "fast" || !answer.uncertain ? EXPERTS.slice(0, 2) : EXPERTS;
  const experts = asked.map((name) => ({ name, probabilities: answer.probabilities }));
  const gate = { method: "learned", asked, estimated_us: 9.1 };
  const sentences = granularity === "sentence" && { sentences: sentencesOf(text, forced) };
  return { ...answer, gate, experts, aspects, evidence, terms, ...sentences, time_us: 41 };
}

const blank = (text) => typeof text !== "string" || text.trim() === "";
const info = {
  version: "mock",
  uptime_seconds: 1,
  models: ["zh", "en"].map((language) => ({
    name: `tenor-${language}`,
    version: "mock",
    languages: [language],
    experts: EXPERTS,
    tasks: ASPECTS[language].map((name) => ({ name, aspect: true })),
    gate: language === "en" ? GATE : { fitted: false, method: "average" },
  })),
  limits: { max_body_bytes: MAX_BODY, max_texts: 1000 },
};

function answerTo(path, body) {
  const emptyText = { type: "empty_text", detail: "the text has nothing to read" };
  if (path === "/predict_batch") {
    const results = body.texts.map((text) => (blank(text) ? { error: emptyText } : short(text, body.language)));
    return [200, { results, errors: results.filter((result) => result.error).length }];
  }
  if (blank(body.text))
    return [422, { title: "Unprocessable", status: 422, code: emptyText.type, detail: emptyText.detail }];
  return [200, path === "/predict" ? short(body.text, body.language) : analyze(body)];
}

const metrics = createMetrics();
const models = createModels();
const rollout = createRollout();

// As /metrics names them.
const ROUTES = {
  ...{ "/predict": "predict", "/predict_batch": "predict_batch", "/v1/analyze": "analyze", "/metrics": "metrics" },
  ...{ "/v1/models": "models", "/v1/models/rescan": "models_rescan", "/v1/rollout": "rollout" },
  ...{ "/v1/feedback": "feedback", "/info": "info" },
};
const routeOf = (path) =>
  ROUTES[path] ?? /^\/v1\/models\/.+\/(load|unload)$/.exec(path)?.[1]?.replace(/^/, "model_") ?? "other";

function order(path, body) {
  if (path.startsWith("/v1/models/")) return models.order(path, body);
  if (path === "/v1/rollout") return rollout.order(body);
  if (path === "/v1/feedback") return [200, { counted: true }];
  const answer = answerTo(path, body);
  const scored = answer[1].results ?? [answer[1]];
  for (const { language, label, gate } of scored)
    if (label) metrics.countText(language, label, gate?.asked ?? EXPERTS.slice(0, 2));
  return answer;
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

createServer(async (request, response) => {
  const began = performance.now();
  const path = new URL(request.url, "http://mock").pathname;
  const send = (status, value, headers = {}) => {
    metrics.countRequest(routeOf(path), status, (performance.now() - began) / 1000);
    const text = typeof value === "string" ? value : JSON.stringify(value);
    response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(text);
  };
  if (request.method === "POST") {
    const body = await bodyOf(request);
    if (DELAY_MS > 0) await new Promise((resolve) => setTimeout(resolve, DELAY_MS));
    if (Math.random() < BUSY)
      return send(429, { status: 429, code: "too_busy", detail: "busy" }, { "Retry-After": "1" });
    if (body.length > MAX_BODY) return send(413, { status: 413, code: "body_too_large", detail: "too large" });
    return send(...order(path, JSON.parse(body)));
  }
  if (path === "/info") return send(200, info);
  if (path === "/metrics") return send(200, metrics.write(), { "Content-Type": "text/plain; version=0.0.4" });
  if (path === "/v1/models") return send(...models.told());
  if (path === "/v1/rollout") return send(...rollout.told());
  const file = join(DIST, normalize(path === "/" ? "/index.html" : path));
  try {
    const content = await readFile(file);
    response.writeHead(200, {
      "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
      "Content-Security-Policy": POLICY,
    });
    response.end(content);
  } catch {
    send(404, { status: 404, code: "not_found", detail: path });
  }
}).listen(PORT, "127.0.0.1", () => console.log(`mock of tenor on http://127.0.0.1:${PORT}`));
