// bench/encoder/run without the preparations: `run` is the command to use, and has the help.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { printBars } from './bars.mjs';
import { Child } from './child.mjs';
import { compareAnswers, compareLatency, compareReviews } from './encoders.mjs';
import * as loads from './loads.mjs';
import { measureProducts } from './products.mjs';
import { compareStart, compareThroughput } from './throughput.mjs';

const { values: options } = parseArgs({
  options: {
    cache: { type: 'string' },
    build: { type: 'string' },
    models: { type: 'string', default: 'A,B,C' },
    loads: { type: 'string', default: loads.names.join(',') },
    threads: { type: 'string', default: '1,2' },
    only: { type: 'string', default: 'answers,products,latency,reviews,throughput,start' },
    rounds: { type: 'string', default: '7' },
    milliseconds: { type: 'string', default: '100' },
    clock: { type: 'string', default: 'wall' },
    'peers-only': { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const settings = {
  rounds: Number(options.rounds),
  milliseconds: Number(options.milliseconds),
  productMs: 10,
  clock: options.clock,
};
if (!['wall', 'cpu'].includes(settings.clock)) throw new Error(`--clock is wall or cpu; found ${settings.clock}`);
const list = (text) => text.split(',').filter(Boolean);
const wants = (part) => list(options.only).includes(part);
const folders = ['--models', options.cache, '--loads', join(options.cache, 'loads')];
loads.write(folders[3]);

const ort = new URL('../peers/onnxruntime/child.mjs', import.meta.url).pathname;
const makeOrt = () =>
  new Child(process.execPath, [ort, '--package', join(options.cache, 'onnxruntime'), ...folders]).info();

// A built program's child, or null where it was not built.
async function built(name) {
  const program = join(options.build, 'bench', name);
  if (existsSync(program)) return new Child(program, folders, { OMP_NUM_THREADS: '1' }).info();
  console.error(`${program} is not there: left out`);
  return null;
}
const makeTenor = () => built('tenor_encoder_bench');

const report = { benchmark: 'encoder', settings, latency: [], reviews: [], answers: [], throughput: [], start: [] };
const models = list(options.models);
const shapes = Object.fromEntries(
  models.map((model) => [model, JSON.parse(readFileSync(join(options.cache, model, 'encoder.json'), 'utf8'))]),
);
const [peak, onednn] = [await built('tenor_bench_peak'), await built('tenor_bench_onednn')];
const tenor = options['peers-only'] ? null : await makeTenor();
const children = [await makeOrt(), tenor].filter(Boolean);
for (const child of [...children, onednn].filter(Boolean)) console.log(`${child.name} ${child.version}`);

// C's layers have the shapes of B's.
const products = Object.fromEntries(Object.entries(shapes).filter(([model]) => model !== 'C' || !shapes.B));
const multiply = wants('products') ? { onednn, tenor } : {};
Object.assign(report, await measureProducts({ peak, ...multiply, shapes: products, settings }));

const chosen = list(options.loads);
const even = chosen.filter((load) => !loads.uneven(load));
const uneven = chosen.filter(loads.uneven);
for (const model of models) {
  const shape = shapes[model];
  if (wants('answers')) report.answers.push(...(await compareAnswers({ children, model, load: 'reviews' })));
  for (const threads of list(options.threads).map(Number)) {
    if (wants('latency') && even.length) {
      const { peaks } = report;
      const of = { children, onednn, model, shape, loads: even, threads, peaks, settings };
      report.latency.push(...(await compareLatency(of)));
    }
    if (!wants('reviews')) continue;
    for (const load of uneven) {
      report.reviews.push(...(await compareReviews({ children, model, load, threads, settings })));
    }
  }
  for (const child of children) await child.ask('forget');
  if (wants('throughput') && uneven.length) {
    report.throughput.push(...(await compareThroughput({ makeOrt, tenor, model, load: uneven[0], settings })));
  }
  if (wants('start')) {
    const makers = [{ make: makeOrt, variant: 'hand' }, ...(tenor ? [{ make: makeTenor, variant: 'int8' }] : [])];
    report.start.push(...(await compareStart({ makers, model, load: '1x32', settings })));
  }
}
for (const child of [...children, peak, onednn]) child?.close();
printBars(report);
if (options.json) writeFileSync(options.json, `${JSON.stringify(report)}\n`);
