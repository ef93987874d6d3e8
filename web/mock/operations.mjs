// What the operations view orders of the stand-in: models of a repository, and a rollout with a canary that moves on by itself.
const problem = (status, code, detail) => [status, { type: "about:blank", status, code, detail }];

export function createModels() {
  const models = [
    { name: "en", served: "2.0.0", pinned: false, versions: ["1.4.0", "2.0.0"], refused: null },
    {
      ...{ name: "zh", served: "2.2.0", pinned: false, versions: ["2.1.0", "2.2.0", "2.3.0"] },
      refused: "zh 2.3.0 is refused: model.safetensors: its checksum is another one than the manifest's; copy it again",
    },
  ];
  const told = () => [200, { models, draining: 0, changeable: true }];

  function order(path, body) {
    if (path === "/v1/models/rescan") return told();
    const [, name, verb] = /^\/v1\/models\/([^/]+)\/(load|unload)$/.exec(path) ?? [];
    const model = models.find((one) => one.name === name);
    if (!model) return problem(404, "not_found", `no model "${name}" in the repository; there are en, zh`);
    if (verb === "unload") {
      if (models.filter((one) => one.served).length === 1)
        return problem(409, "conflict", `${name} is the last model that is served; load another one first`);
      Object.assign(model, { served: null, pinned: false, refused: null });
      return told();
    }
    const version = body.version ?? model.versions.at(-1);
    if (!model.versions.includes(version))
      return problem(404, "not_found", `no version "${version}" of ${name}; there are ${model.versions.join(", ")}`);
    if (name === "zh" && version === "2.3.0") return problem(422, "model_refused", models[1].refused);
    Object.assign(model, { served: version, pinned: body.version !== undefined, refused: null });
    return told();
  }
  return { told, order };
}

const STAGES = [0.01, 0.05, 0.25, 1];
const NEEDED = 600; // requests of the canary before a stage is passed
const MOST_DECISIONS = 100;

export function createRollout(now = () => Date.now() / 1000) {
  const canary = { phase: "running", stage: 1, since: now() };
  const weights = { "zh-b": 0.2 };
  const began = now() - 3600;
  const decisions = [];
  const share = () =>
    canary.phase === "promoted" ? 1 : canary.phase === "rolled_back" ? 0 : STAGES[canary.stage];

  function decide(move, automatic, reason, change) {
    const before = { phase: canary.phase, stage: canary.stage };
    Object.assign(canary, change);
    if (canary.stage !== before.stage) canary.since = now();
    const after = { phase: canary.phase, stage: canary.stage };
    const time = new Date(now() * 1000).toISOString();
    const sequence = (decisions.at(-1)?.sequence ?? 0) + 1;
    decisions.push({ sequence, time, rollout: "june", move, automatic, before, after, reason, readings: [] });
    if (decisions.length > MOST_DECISIONS) decisions.shift();
  }
  decide("start", true, "first start", {});
  decide("advance", true, "every signal refutes the stated harm", {});

  const samples = () => Math.round((now() - canary.since) * 10);
  const live = () => Math.round((now() - began) * 40);
  const stages = STAGES.length - 1; // the last one has nothing to compare with

  function moveOn() {
    if (canary.phase !== "running" || samples() < NEEDED) return;
    const promoted = canary.stage + 1 >= stages;
    decide(promoted ? "promote" : "advance", true, "every signal refutes the stated harm", {
      stage: canary.stage + 1,
      phase: promoted ? "promoted" : "running",
    });
  }

  const sums = (requests, accuracy) => ({
    requests,
    error_rate: requests ? 0.0004 : null,
    latency_us: requests ? 2310.5 : null,
    abstention_rate: requests ? 0.061 : null,
    labels: { positive: Math.round(requests * 0.6), neutral: Math.round(requests * 0.2), negative: Math.round(requests * 0.2) },
    labelled: Math.round(requests / 50),
    accuracy: requests >= 50 ? accuracy : null,
  });

  function signals() {
    const canarySamples = canary.phase === "running" || canary.phase === "paused" ? samples() : 0;
    const finding = canarySamples >= NEEDED ? "cleared" : "waiting";
    const reading = (signal, of, mine, effect) => ({
      ...{ signal, finding, live: of, canary: mine, effect, live_samples: canarySamples * 20 },
      ...{ canary_samples: canarySamples, samples_needed: NEEDED, evidence: -canarySamples / 200 },
      ...{ harm_at: 5.7, clear_at: -3 },
    });
    return [
      reading("errors", 0.0004, 0.0004, 0.01),
      reading("latency", 2310.5, 2190.2, 1.3),
      reading("abstention", 0.061, 0.058, 0.05),
      { ...reading("labels", 0.2, 0.21, 0.05), label: 2 },
    ];
  }

  function told() {
    moveOn();
    const waits = samples() < NEEDED;
    const arms = [
      { name: "zh-2026-05", role: "live", total: sums(live(), 0.912), stage: sums(samples() * 20, 0.912) },
      { name: "zh-b", role: "arm", weight: weights["zh-b"], total: sums(Math.round(live() / 4), 0.905) },
      { name: "zh-2026-06", role: "canary", total: sums(400 + samples(), 0.921), stage: sums(samples(), 0.921) },
      {
        ...{ name: "tiny", role: "shadow", compared: live(), disagreed: Math.round(live() * 0.08) },
        ...{ disagreement: 0.08, dropped: 3, failed: 0 },
      },
    ];
    return [
      200,
      {
        ...{ name: "june", live: "zh-2026-05", arms },
        canary: {
          ...{ model: "zh-2026-06", phase: canary.phase, stage: canary.stage, stages: STAGES, share: share() },
          ...{ stage_seconds: now() - canary.since, advice: waits ? "hold" : "advance", signals: signals() },
          reason: waits ? `errors: waiting, ${samples()} of ${NEEDED} requests` : "every signal refutes the stated harm",
        },
        decisions,
        log: { failures: 0, lost: 0, waiting: 0, error: null },
      },
    ];
  }

  // As the server: which moves a phase allows.
  function order({ action, weights: wanted, reason = "asked for" }) {
    if (wanted) {
      const stranger = Object.keys(wanted).find((name) => !(name in weights));
      if (stranger) return problem(409, "conflict", `'${stranger}' is no arm that has a weight`);
      Object.assign(weights, wanted);
      decide("weights", false, `${reason}: weights ${JSON.stringify(wanted)}`, {});
      return told();
    }
    const { phase, stage } = canary;
    const moves = {
      pause: phase === "running" && ["pause", { phase: "paused" }],
      resume: phase === "paused" && ["resume", { phase: "running" }],
      advance: phase === "running" && [
        "advance",
        stage + 1 >= stages ? { stage: stage + 1, phase: "promoted" } : { stage: stage + 1 },
      ],
      promote: (phase === "running" || phase === "paused") && ["promote", { stage: stages, phase: "promoted" }],
      abort: phase !== "rolled_back" && ["roll_back", { phase: "rolled_back" }],
    };
    if (!Object.hasOwn(moves, action ?? ""))
      return problem(422, "out_of_range", `action: expected advance, promote, pause, resume or abort, found "${action}"`);
    if (!moves[action]) return problem(409, "conflict", `a release that is ${phase} cannot ${action}`);
    const [move, change] = moves[action];
    decide(move, false, reason, change);
    return told();
  }
  return { told, order };
}
