// The bare products of the models' layers: oneDNN's and tenor's beside the instruction's peak, in one thread.
import { median, number, print, ratio } from './figures.mjs';

const sizes = [16, 32, 64, 128, 256, 512, 1024];
const precisions = ['int8', 'bf16', 'f32'];

const layer = ({ hidden, ffn }) => [
  ['qkv', 3 * hidden, hidden],
  ['attention', hidden, hidden],
  ['up', ffn, hidden],
  ['down', hidden, ffn],
];

// GMAC/s of each round by contender; one that cannot do it is left out.
async function measure(children, request, rounds) {
  const rates = {};
  for (let round = 0; round < rounds; ++round) {
    for (const child of children) {
      try {
        (rates[child.name] ??= []).push((await child.ask(...request)).gmacs);
      } catch (error) {
        if (round === 0) console.error(error.message);
        delete rates[child.name];
      }
    }
  }
  return rates;
}

// Returns the rows that were printed, as objects, and the peaks by precision.
export async function measureProducts({ peak, onednn, tenor, shapes, settings }) {
  const peaks = {};
  const results = [];
  for (const precision of precisions) {
    const rates = peak ? await measure([peak], ['peak', precision, 20], settings.rounds) : {};
    peaks[precision] = rates.peak ? median(rates.peak) : NaN;
  }
  console.log(`Peak of one thread, GMAC/s: ${precisions.map((p) => `${p} ${number(peaks[p], 0)}`).join(', ')}\n`);
  const children = [onednn, tenor].filter(Boolean);
  if (!children.length) return { peaks, results };
  for (const precision of precisions) {
    const columns = tenor ? 'oneDNN, tenor, tenor / oneDNN, tenor / peak' : 'oneDNN (share of the peak)';
    console.log(`Products in ${precision}, GMAC/s: ${columns}`);
    const table = [['', ...sizes.map((m) => `m ${m}`)]];
    for (const [model, shape] of Object.entries(shapes)) {
      for (const [name, outputs, inputs] of layer(shape)) {
        const row = [`${model} ${name} ${outputs} x ${inputs}`];
        for (const m of sizes) {
          const request = ['product', precision, m, outputs, inputs, settings.productMs];
          const rates = await measure(children, request, settings.rounds);
          const [theirs, ours] = [rates.onednn, rates.tenor].map((list) => (list ? median(list) : NaN));
          const both = ratio(rates.tenor, rates.onednn);
          results.push({ model, name, m, outputs, inputs, precision, onednn: theirs, tenor: ours, ratio: both });
          const share = (value) => number(value / peaks[precision]);
          const [left, right] = [theirs, ours].map((value) => number(value, 0));
          row.push(tenor ? `${left} ${right} ${number(both)} ${share(ours)}` : `${left} (${share(theirs)})`);
        }
        table.push(row);
      }
    }
    print(table);
  }
  return { peaks, results };
}

// Milliseconds of all products of a model's layers, nothing else, in oneDNN.
export async function measureStack({ onednn, shape, tokens, settings }) {
  const times = [];
  const { layers, hidden, ffn } = shape;
  for (let round = 0; round < settings.rounds; ++round) {
    times.push((await onednn.ask('stack', 'int8', layers, hidden, ffn, tokens, settings.productMs)).milliseconds);
  }
  return median(times);
}
