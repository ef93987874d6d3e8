// The texts that are timed, as files of token ids: the same for every contender.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const cls = 101;
const sep = 102;

const lengths = {
  '1x16': [16],
  '1x32': [32],
  '1x64': [64],
  '1x128': [128],
  '32x32': Array(32).fill(32),
  '32x128': Array(32).fill(128),
  reviews: readFileSync(new URL('review_lengths.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map(Number),
};

export const names = Object.keys(lengths);
export const tokens = (load) => lengths[load];
export const uneven = (load) => new Set(lengths[load]).size > 1;

export function write(folder) {
  mkdirSync(folder, { recursive: true });
  for (const [name, list] of Object.entries(lengths)) {
    let state = 1;
    const id = () => 1000 + ((state = (state * 48271) % 2147483647) % 20000); // Park and Miller 1988
    const texts = list.map((length) => [cls, ...Array.from({ length: length - 2 }, id), sep].join(' '));
    writeFileSync(join(folder, `${name}.txt`), `${texts.join('\n')}\n`);
  }
}
