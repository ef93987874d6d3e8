// Whole encoders: one text of each length, batches, reviews of real lengths; all contenders in turns.
import { median, milliseconds, number, print, ratio } from './figures.mjs';
import { tokens, uneven } from './loads.mjs';
import { measureStack } from './products.mjs';

const slow = 1000; // milliseconds a pass: such contenders run in the first rounds alone
const slowRounds = 2;

// A contender is a child, one of its variants and a way of putting texts together.
export function contenders(children, load) {
  const list = [];
  for (const child of children) {
    for (const variant of child.variants) {
      for (const way of waysFor(child, variant, load)) {
        list.push({ child, variant, way, name: `${child.name} ${variant}`, label: `${child.name} ${variant}, ${way}` });
      }
    }
  }
  return list;
}

function waysFor(child, variant, load) {
  if (child.ways.includes('packed')) return ['packed'];
  if (!uneven(load)) return [tokens(load).length === 1 ? 'single' : 'padded'];
  return variant === 'hand' ? child.ways : child.ways.filter((way) => way === 'single' || way === 'padded');
}

// Adds to each contender `times`, the rounds' medians in milliseconds. One that fails says so and is left out.
export async function race(list, model, load, threads, settings) {
  for (const one of list) one.times = [];
  for (let round = 0; round < settings.rounds; ++round) {
    for (const one of list) {
      if (one.failed || (round >= slowRounds && one.times.at(-1) > slow)) continue;
      try {
        const answer = await one.child.ask('run', model, one.variant, load, one.way, threads, settings.milliseconds);
        one.times.push(settings.clock === 'cpu' ? answer.cpu_milliseconds : median(answer.milliseconds));
      } catch (error) {
        one.failed = true;
        console.error(error.message);
      }
    }
  }
  return list.filter((one) => !one.failed);
}

// Multiply-adds that products need: in the last layer all but keys and values are for the first token alone.
export function macs({ layers, hidden, ffn }, load) {
  const layer = 4 * hidden * hidden + 2 * hidden * ffn;
  const all = tokens(load).reduce((sum, length) => sum + length, 0);
  return all * ((layers - 1) * layer + 2 * hidden * hidden) + tokens(load).length * (layer - 2 * hidden * hidden);
}

const best = (list) => list.reduce((a, b) => (median(b.times) < median(a.times) ? b : a));
const find = (list, name) => list.filter((one) => one.name === name && one.times.length);

// Of the loads without padding: a column each. Returns every number.
export async function compareLatency({ children, onednn, model, shape, loads, threads, peaks, settings }) {
  const raced = {};
  for (const load of loads) raced[load] = await race(contenders(children, load), model, load, threads, settings);
  const names = [...new Set(Object.values(raced).flatMap((list) => list.map((one) => one.name)))];
  const table = [[`${model}, ${threads} thread${threads > 1 ? 's' : ''}, ms`, ...loads]];
  const row = (label, cell) => table.push([label, ...loads.map(cell)]);
  const time = (load, name) => (find(raced[load], name).length ? best(find(raced[load], name)).times : undefined);
  for (const name of names) row(name, (load) => milliseconds(time(load, name) ? median(time(load, name)) : NaN));
  if (onednn && threads === 1) {
    const stacks = {};
    for (const load of loads.filter((one) => tokens(one).length === 1)) {
      stacks[load] = await measureStack({ onednn, shape, tokens: tokens(load)[0], settings });
    }
    row('onednn, all products alone', (load) => milliseconds(stacks[load]));
  }
  for (const [theirs, ours] of pairs(names)) {
    row(`${theirs} / ${ours}`, (load) => number(ratio(time(load, theirs), time(load, ours))));
  }
  for (const name of names.filter((one) => one === 'tenor int8' || one === 'ort hand')) {
    const share = (load) => macs(shape, load) / 1e6 / median(time(load, name)) / (peaks.int8 * threads);
    row(`${name}, share of the peak`, (load) => number(time(load, name) ? share(load) : NaN));
  }
  print(table);
  return loads.flatMap((load) => raced[load].map((one) => record(one, model, load, threads)));
}

// Which ratios are of interest where both ran.
function pairs(names) {
  const wanted = [
    ['ort hand', 'tenor int8'],
    ['ort dynamic', 'tenor int8'],
    ['ort f32', 'tenor bf16'],
    ['ort f32', 'tenor f32'],
    ['ort f32', 'tenor int8@avx2'],
    ['ort f32', 'ort hand'],
  ];
  return wanted.filter((pair) => pair.every((name) => names.includes(name)));
}

function record({ name, way, times }, model, load, threads) {
  return { model, load, threads, contender: name, way, milliseconds: median(times), rounds: times };
}

// Texts of different lengths: a row a way.
export async function compareReviews({ children, model, load, threads, settings }) {
  const list = await race(contenders(children, load), model, load, threads, settings);
  const ours = find(list, 'tenor int8');
  const reference = ours.length ? ours[0] : best(find(list, 'ort hand'));
  const count = tokens(load).length;
  const title = `${model}, ${count} texts of real lengths, ${threads} thread${threads > 1 ? 's' : ''}`;
  const table = [[title, 'ms', 'texts/s', `time / ${reference.label}`]];
  for (const one of list) {
    const middle = median(one.times);
    const rate = number((count / middle) * 1000, 0);
    table.push([one.label, milliseconds(middle), rate, number(ratio(one.times, reference.times))]);
  }
  print(table);
  return list.map((one) => record(one, model, load, threads));
}

// The same weights everywhere: how far are answers from the float32 export's?
export async function compareAnswers({ children, model, load }) {
  const exported = children.find((child) => child.variants.includes('f32') && child.name === 'ort');
  const { logits: expected } = await exported.ask('logits', model, 'f32', load, 'single', 1);
  const table = [[`${model}, logits against ort f32's`, 'greatest difference', 'greatest logit', 'other label']];
  const greatest = Math.max(...expected.flat().map(Math.abs));
  const label = (row) => row.indexOf(Math.max(...row));
  const results = [];
  for (const one of contenders(children, load)) {
    const { logits } = await one.child.ask('logits', model, one.variant, load, one.way, 1);
    const difference = Math.max(...logits.flatMap((row, i) => row.map((value, j) => Math.abs(value - expected[i][j]))));
    const others = logits.filter((row, i) => label(row) !== label(expected[i])).length;
    table.push([one.label, difference.toExponential(1), number(greatest), `${others} of ${logits.length}`]);
    results.push({ model, contender: one.name, way: one.way, difference, others });
  }
  print(table);
  return results;
}
