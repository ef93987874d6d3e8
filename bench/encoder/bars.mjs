// What is asked of tenor, against what was measured: one line each, the worst case of all it speaks of.
import { number, print, ratio } from './figures.mjs';

const one = ['1x16', '1x32', '1x64', '1x128'];
const all = ['A', 'B', 'C'];

// time of `above` / time of `below` on each load, in as many threads, is at least `asked`.
const speeds = [
  { above: 'ort hand', below: 'tenor int8', models: ['A'], loads: one, asked: 1.5 },
  { above: 'ort dynamic', below: 'tenor int8', models: ['A'], loads: one, asked: 1.8 },
  { above: 'ort hand', below: 'tenor int8', models: ['B', 'C'], loads: one, asked: 1.3 },
  { above: 'ort hand', below: 'tenor int8', models: ['A'], loads: ['reviews'], asked: 1.4 },
  { above: 'ort hand', below: 'tenor int8', models: ['B', 'C'], loads: ['reviews'], asked: 1.3 },
  { above: 'ort hand', way: 'padded', below: 'tenor int8', models: ['A'], loads: ['reviews'], asked: 4 },
  { above: 'ort f32', below: 'tenor bf16', models: all, loads: one, asked: 1.6 },
  { above: 'ort f32', below: 'tenor int8@avx2', models: all, loads: one, asked: 1 },
  { above: 'tenor int8', below: 'tenor int8', threads: [1, 2], models: all, loads: one, asked: 1 },
  { above: 'tenor int8', below: 'tenor int8', threads: [1, 2], models: ['A'], loads: ['reviews'], asked: 1.8 },
];

// The fastest way's round times, or those of the way that is asked for.
function times(rows, { contender, way, model, load, threads }) {
  const found = rows.filter((row) => row.contender === contender && row.model === model && row.load === load);
  const ran = found.filter((row) => row.threads === threads && (!way || row.way === way));
  return ran.sort((a, b) => a.milliseconds - b.milliseconds)[0]?.rounds;
}

function speed(report, { above, below, way, models, loads, threads = [1, 1], asked }) {
  const rows = [...report.latency, ...report.reviews];
  const measured = models.filter((model) => rows.some((row) => row.model === model));
  const ratios = measured.flatMap((model) =>
    loads.map((load) =>
      ratio(
        times(rows, { contender: above, way, model, load, threads: threads[0] }),
        times(rows, { contender: below, model, load, threads: threads[1] }),
      ),
    ),
  );
  const on = loads.length > 1 ? 'one text' : 'reviews';
  const label = threads[1] > 1 ? `${below}, 1 thread / ${threads[1]}` : `${above}${way ? ` (${way})` : ''} / ${below}`;
  return [`${measured.join(', ')}, ${on}: ${label}`, lowest(ratios), asked];
}

// Of what was measured.
const lowest = (values) => Math.min(...values.filter((value) => !Number.isNaN(value)));

function products(report) {
  const ratios = report.results.filter((row) => row.precision === 'int8' && row.model === 'A').map((row) => row.ratio);
  return ['A, products in int8: tenor / oneDNN', lowest(ratios), 0.9];
}

function throughput(report) {
  const rows = report.throughput.filter((row) => row.model === 'A');
  const best = (name) =>
    Math.max(...rows.filter((row) => row.label.startsWith(name)).map((row) => row.texts_per_second));
  return ['A, both cores: tenor / two sessions of ort hand', best('tenor') / best('ort'), 1.4];
}

function starts(report) {
  return report.start
    .filter((row) => row.contender === 'tenor int8')
    .flatMap(({ model, milliseconds, resident_kb: resident, file_bytes: bytes }) => {
      const limit = { A: 60, C: 300 }[model];
      const memory = (1.3 * bytes + 20e6) / (resident * 1024);
      return [
        ...(limit ? [[`${model}, first answer: ${limit} ms / taken`, limit / milliseconds, 1]] : []),
        [`${model}, memory: (1.3 x file + 20 MB) / resident`, memory, 1],
      ];
    });
}

export function printBars(report) {
  const bars = [products(report), ...speeds.map((bar) => speed(report, bar)), throughput(report), ...starts(report)];
  const measured = bars.filter(([, value]) => Number.isFinite(value));
  if (!measured.length) return;
  const verdict = (value, asked) => (value >= asked ? 'met' : 'not met');
  const rows = measured.map(([label, value, asked]) => [label, number(value), number(asked), verdict(value, asked)]);
  print([['Lowest ratio of', 'measured', 'asked', ''], ...rows]);
}
