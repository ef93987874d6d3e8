// Both cores: two one-thread sessions of ONNX Runtime side by side, and tenor with two threads; and the time from
// nothing to the first answer.
import { median, milliseconds, number, print, ratio } from './figures.mjs';
import { tokens } from './loads.mjs';

// Texts a second of `children` that run at the same time. Their beginnings and ends differ by less than a pass.
async function together(children, request, count) {
  const answers = await Promise.all(children.map((child) => child.ask(...request)));
  return answers.reduce((sum, { milliseconds: times }) => sum + (count * 1000) / median(times), 0);
}

export async function compareThroughput({ makeOrt, tenor, model, load, settings }) {
  const sessions = [await makeOrt(), await makeOrt()];
  const count = tokens(load).length;
  const length = Math.max(settings.milliseconds, 500);
  const ways = sessions[0].ways.filter((way) => way !== 'padded');
  const list = ways.map((way) => {
    const request = ['run', model, 'hand', load, way, 1, length];
    return { label: `ort hand, two sessions, ${way}`, children: sessions, request };
  });
  if (tenor) {
    const request = ['run', model, 'int8', load, 'packed', 2, length];
    list.push({ label: 'tenor int8, two threads', children: [tenor], request });
  }
  for (const one of list) one.rates = [];
  for (let round = 0; round < settings.rounds; ++round) {
    for (const one of list) one.rates.push(await together(one.children, one.request, count));
  }
  for (const session of sessions) session.close();
  const faster = (a, b) => (median(b.rates) > median(a.rates) ? b : a);
  const theirs = list.filter((one) => one.children === sessions).reduce(faster);
  const table = [[`${model}, both cores`, 'texts/s', `against ${theirs.label}`]];
  for (const one of list) table.push([one.label, number(median(one.rates), 0), number(ratio(one.rates, theirs.rates))]);
  print(table);
  return list.map(({ label, rates }) => ({ model, load, label, texts_per_second: median(rates) }));
}

// A fresh child each time. makers: functions that give one, with the variant to start.
export async function compareStart({ makers, model, load, settings }) {
  const table = [[`${model}, first answer`, 'ms', 'resident MB', 'file MB']];
  const results = [];
  for (const { make, variant } of makers) {
    const answers = [];
    for (let round = 0; round < Math.min(settings.rounds, 3); ++round) {
      const child = await make();
      answers.push(await child.ask('start', model, variant, load));
      child.close();
      if (round === 0) table.push([`${child.name} ${variant}`]);
    }
    const result = { model, contender: table.at(-1)[0] };
    for (const name of Object.keys(answers[0])) result[name] = median(answers.map((answer) => answer[name]));
    const { milliseconds: taken, resident_kb: resident, file_bytes: bytes } = result;
    table.at(-1).push(milliseconds(taken), number(resident / 1024, 0), number(bytes / 2 ** 20, 0));
    results.push(result);
  }
  print(table);
  return results;
}
