// ONNX Runtime as a child of bench/encoder (protocol: bench/encoder/README.md).
// child.mjs --package FOLDER --models FOLDER --loads FOLDER; FOLDER of the package holds its node_modules.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { split, ways } from './batches.mjs';

const { values: options } = parseArgs({
  options: { package: { type: 'string' }, models: { type: 'string' }, loads: { type: 'string' } },
});
const require = createRequire(resolve(options.package, 'package.json'));
const { Tensor } = require('onnxruntime-node');
const { version } = require('onnxruntime-node/package.json');
// The session below the public class: the same, but run() answers at once rather than in a later turn of the event
// loop, which would add to the shortest times.
const { binding, initOrt } = require('onnxruntime-node/dist/binding.js');
initOrt();

const graphs = { f32: 'plain', dynamic: 'dynamic', hand: 'hand' };

function sessionOptions(variant, threads) {
  return {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    enableCpuMemArena: true,
    enableMemPattern: true,
    logSeverityLevel: 3,
    extra: {
      session: { set_denormal_as_zero: '1' },
      optimization: variant === 'hand' ? { disable_specified_optimizers: 'SkipLayerNormFusion' } : {},
    },
  };
}

const sessions = new Map();
function session(model, variant, masked, threads) {
  const file = join(options.models, model, `${graphs[variant]}${masked ? '-masked' : ''}.onnx`);
  const key = `${file} ${threads}`;
  if (!sessions.has(key)) {
    if (!graphs[variant] || !existsSync(file)) throw new Error(`expected ${file}; found none`);
    const made = new binding.InferenceSession();
    made.loadModel(file, sessionOptions(variant, threads));
    sessions.set(key, made);
  }
  return sessions.get(key);
}

function texts(load) {
  const lines = readFileSync(join(options.loads, `${load}.txt`), 'utf8').trim().split('\n');
  return lines.map((line) => line.split(' ').map(Number));
}

// Plain graphs take three tensors of int64; those by hand take int32, and lengths where they differ.
function batch(model, variant, threads, rows) {
  const length = Math.max(...rows.map((row) => row.length));
  const shape = [rows.length, length];
  const filled = (value) => rows.flatMap((row) => Array.from({ length }, (_, i) => value(row, i)));
  const id = (row, i) => row[i] ?? 0;
  if (variant === 'hand') {
    const masked = rows.some((row) => row.length < length);
    const feeds = { input_ids: new Tensor('int32', Int32Array.from(filled(id)), shape) };
    if (masked) feeds.lengths = new Tensor('int32', Int32Array.from(rows, (row) => row.length), [rows.length]);
    return { session: session(model, variant, masked, threads), feeds };
  }
  const tensor = (value) => new Tensor('int64', BigInt64Array.from(filled(value), BigInt), shape);
  const feeds = {
    input_ids: tensor(id),
    attention_mask: tensor((row, i) => (i < row.length ? 1 : 0)),
    token_type_ids: tensor(() => 0),
  };
  return { session: session(model, variant, false, threads), feeds };
}

function prepare(model, variant, load, way, threads) {
  const rows = texts(load);
  const order = split(rows, way);
  const made = order.map((indexes) => batch(model, variant, Number(threads), indexes.map((i) => rows[i])));
  return { order, batches: made };
}

const fetches = { logits: null };
function pass(batches) {
  let answers;
  for (const { session: one, feeds } of batches) answers = one.run(feeds, fetches, {});
  return answers;
}

const prepared = new Map(); // combination -> its batches and the time of its last pass
function run(model, variant, load, way, threads, wanted) {
  const milliseconds = Number(wanted);
  const key = [model, variant, load, way, threads].join(' ');
  if (!prepared.has(key)) prepared.set(key, { ...prepare(model, variant, load, way, threads), last: 0 });
  const combination = prepared.get(key);
  if (combination.last <= milliseconds) pass(combination.batches);
  const times = [];
  const cpu = process.cpuUsage();
  const begin = performance.now();
  do {
    const before = performance.now();
    pass(combination.batches);
    times.push(performance.now() - before);
  } while (performance.now() - begin < milliseconds);
  combination.last = times.at(-1);
  const { user, system } = process.cpuUsage(cpu);
  return { milliseconds: times, cpu_milliseconds: (user + system) / 1000 / times.length };
}

function logits(model, variant, load, way, threads) {
  const { order, batches } = prepare(model, variant, load, way, threads);
  const rows = [];
  batches.forEach(({ session: one, feeds }, b) => {
    const { data, dims } = one.run(feeds, fetches, {}).logits;
    order[b].forEach((text, i) => (rows[text] = [...data.slice(i * dims[1], (i + 1) * dims[1])]));
  });
  return { logits: rows };
}

function start(model, variant, load) {
  const begin = performance.now();
  pass(prepare(model, variant, load, 'single', 1).batches);
  const milliseconds = performance.now() - begin;
  const resident = Number(/VmRSS:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  const bytes = statSync(join(options.models, model, `${graphs[variant]}.onnx`)).size;
  return { milliseconds, resident_kb: resident, file_bytes: bytes };
}

function forget() {
  prepared.clear();
  for (const one of sessions.values()) one.dispose();
  sessions.clear();
  return {};
}

const info = () => ({ name: 'ort', version, variants: Object.keys(graphs), ways });
const requests = { info, run, logits, start, forget };
for await (const line of createInterface({ input: process.stdin })) {
  const [request, ...words] = line.trim().split(/\s+/);
  let answer;
  try {
    if (!requests[request]) throw new Error(`expected one of ${Object.keys(requests).join(', ')}; found ${request}`);
    answer = requests[request](...words);
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
