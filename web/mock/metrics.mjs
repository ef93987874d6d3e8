// /metrics of the stand-in: what it has answered since it began, and a little traffic of its own, so that the live view moves.
const BUCKETS = [
  ...[50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 100e-3, 250e-3, 500e-3],
  ...[1, 2.5, 10],
];
const SIGNALS = { label: 0.02, confidence: 0.05, unknown: 0.14, length: 0.03 };
const TEXTS_A_SECOND = 40;

export function createMetrics(now = () => Date.now() / 1000) {
  const startedAt = now();
  const requests = new Map(); // route and status -> count
  const durations = new Map(); // route -> counts by bucket, and the sum
  const texts = new Map(); // language and label -> count
  const experts = new Map();
  const refusals = { queue_full: 0, deadline: 0, expired: 0, departed: 0 };
  const cache = { hits: 0, misses: 0 };
  let last = startedAt;
  let seed = 1;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const add = (map, key, by = 1) => map.set(key, (map.get(key) ?? 0) + by);

  function countRequest(route, status, seconds) {
    add(requests, `route="${route}",status="${status}"`);
    const row = durations.get(route) ?? { counts: BUCKETS.map(() => 0), total: 0, sum: 0 };
    BUCKETS.forEach((most, i) => (row.counts[i] += seconds <= most ? 1 : 0));
    row.total += 1;
    row.sum += seconds;
    durations.set(route, row);
    if (status === 429) refusals.queue_full += 1;
  }

  function countText(language, label, asked) {
    add(texts, `language="${language}",label="${label}"`);
    const hit = random() < 0.2;
    cache[hit ? "hits" : "misses"] += 1;
    if (!hit) for (const expert of asked) add(experts, expert);
  }

  // What others would have asked since somebody looked last: a wave of two minutes, mostly quick.
  function pretend(at) {
    const rate = TEXTS_A_SECOND * (1 + 0.5 * Math.sin((at / 120) * 2 * Math.PI));
    const count = Math.min(2000, Math.round((at - last) * rate));
    last = at;
    for (let i = 0; i < count; ++i) {
      const dear = random() < 0.3;
      countRequest("predict", random() < 0.002 ? 429 : 200, dear ? 0.002 + 0.02 * random() ** 4 : 60e-6 + 1e-4 * random());
      const label = random() < 0.6 ? "positive" : random() < 0.5 ? "neutral" : "negative";
      const linear = ["logistic_regression", "linear_svm"];
      countText(random() < 0.8 ? "zh" : "en", label, dear ? [...linear, "encoder"] : linear);
    }
  }

  function write() {
    const at = now();
    pretend(at);
    const lines = [];
    const family = (type, name, help, samples) => {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
      for (const [labels, value] of samples) lines.push(`${name}${labels && `{${labels}}`} ${value}`);
    };
    family("counter", "tenor_requests_total", "Requests answered", requests);
    family("counter", "tenor_texts_total", "Texts scored", texts);
    family(
      "counter",
      "tenor_expert_texts_total",
      "Texts that an expert was asked about",
      [...experts].map(([expert, count]) => [`expert="${expert}"`, count]),
    );
    const duration = "tenor_request_duration_seconds";
    lines.push(`# HELP ${duration} From the complete request to the finished answer`, `# TYPE ${duration} histogram`);
    for (const [route, row] of durations) {
      BUCKETS.forEach((most, i) => lines.push(`${duration}_bucket{route="${route}",le="${most}"} ${row.counts[i]}`));
      lines.push(
        `${duration}_bucket{route="${route}",le="+Inf"} ${row.total}`,
        `${duration}_count{route="${route}"} ${row.total}`,
        `${duration}_sum{route="${route}"} ${row.sum}`,
      );
    }
    const waiting = Math.floor(6 * random() ** 3);
    const queue = (texts_, tokens) => [
      ['priority="interactive"', texts_],
      ['priority="bulk"', tokens],
    ];
    family("gauge", "tenor_queue_texts", "Texts that wait for a worker", queue(waiting, 0));
    family("gauge", "tenor_queue_tokens", "Their estimated tokens", queue(waiting * 24, 0));
    family(
      "counter",
      "tenor_refusals_total",
      "Requests that were not scored",
      Object.entries(refusals).map(([reason, count]) => [`reason="${reason}"`, count]),
    );
    family("gauge", "tenor_in_flight", "Requests being worked on", [["", waiting + 1]]);
    family("gauge", "tenor_connections", "Open client connections", [["", 3]]);
    family("counter", "tenor_cache_hits_total", "Texts answered from the cache", [["", cache.hits]]);
    family("counter", "tenor_cache_misses_total", "Texts that were not in the cache", [["", cache.misses]]);
    const drift = (value) =>
      ["zh", "en"].flatMap((language) =>
        Object.entries(SIGNALS).map(([signal, psi]) => [`model="tenor-${language}",signal="${signal}"`, value(psi, language)]),
      );
    // English has too few texts so far.
    family("gauge", "tenor_drift_psi", "Population stability index", drift((psi, language) => (language === "en" ? "NaN" : psi)));
    family("gauge", "tenor_drift_psi_by_chance", "Its mean where nothing has moved", drift(() => 0.004));
    family("gauge", "tenor_drift_texts", "Texts in the window", [
      ['model="tenor-zh"', Math.min(3600 * TEXTS_A_SECOND, cache.hits + cache.misses)],
      ['model="tenor-en"', 12],
    ]);
    family("gauge", "process_resident_memory_bytes", "Physical memory of the process", [["", process.memoryUsage().rss]]);
    family("gauge", "process_start_time_seconds", "Unix time at which the process began", [["", startedAt]]);
    family("gauge", "tenor_build_info", "Always 1", [['version="mock"', 1]]);
    return `${lines.join("\n")}\n`;
  }

  return { countRequest, countText, write };
}
