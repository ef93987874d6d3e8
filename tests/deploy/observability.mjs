// observability.mjs TENOR: a real Prometheus scrapes a real server under load, and every query of the dashboard and the alert rules
// is asked of it. A query that no series answers is wrong. Exits 77 (skipped) without Prometheus.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const deploy = join(dirname(fileURLToPath(import.meta.url)), '../../deploy');
const tenor = process.argv[2];
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

if (spawnSync('prometheus', ['--version']).error) {
  console.log('SKIPPED: no prometheus; apt-get install prometheus');
  process.exit(77);
}
if (spawnSync(tenor, ['models']).status !== 0) {
  console.log('SKIPPED: this build has no default models');
  process.exit(77);
}

const children = [];
const folder = mkdtempSync(join(tmpdir(), 'tenor-prometheus-'));
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function start(program, args) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (child.output += bytes));
  children.push(child);
  return child;
}

async function until(what, seconds, condition) {
  for (let i = 0; i < seconds * 5; ++i) {
    const found = await condition();
    if (found) return found;
    await sleep(200);
  }
  console.error(`waited ${seconds} s in vain: ${what}`);
  for (const child of children) console.error(child.output.slice(-2000));
  process.exit(1);
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

// One of each kind of answer, so that no rate is of nothing: verdicts, a batch, errors, texts from the cache, refusals.
async function load(url) {
  const post = (path, body, headers = {}) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    }).then((answer) => answer.text());
  const long = '味道很好，服务也热情，就是上菜有点慢。'.repeat(20);
  const refused = Array.from({ length: 40 }, (_, i) => post('/v1/analyze', { texts: [long + Math.random(), long + i] }));
  await Promise.all([
    post('/predict', { text: '味道很好' }),
    post('/predict', { text: `not seen before ${Math.random()}` }),
    post('/predict', { text: ' ' }),
    post('/predict_batch', { texts: ['好', 'bad', long] }, { 'X-Priority': 'bulk' }),
    post('/v1/analyze', { text: long + Math.random() }),
    ...refused,
  ]);
}

function queries() {
  const dashboard = JSON.parse(readFileSync(join(deploy, 'grafana/tenor.json'), 'utf8'));
  const drawn = dashboard.panels.flatMap((panel) =>
    panel.targets.map((target) => ({ where: `panel "${panel.title}"`, expr: target.expr })),
  );
  const rules = readFileSync(join(deploy, 'rules/tenor.yml'), 'utf8');
  // Alerts are quiet here: what they compare must exist. Each selector of theirs is asked by itself.
  const names = [...new Set(rules.match(/\b(tenor_[a-z_]+|process_[a-z_]+|up\b|tenor:[a-z0-9_:]+)/g))];
  return [...drawn, ...names.map((name) => ({ where: 'rules/tenor.yml', expr: name }))].map(({ where, expr }) => ({
    where,
    expr: expr.replaceAll('$instance', '.*').replaceAll('$__rate_interval', '10s'),
  }));
}

const server = start(tenor, ['serve', '--port', '0', '--queue-tokens', '1024']);
const url = await until('the server', 20, () => server.output.match(/http:\/\/[0-9.]+:\d+/)?.[0]);
const port = await freePort();
writeFileSync(
  join(folder, 'prometheus.yml'),
  readFileSync(join(deploy, 'prometheus.yml'), 'utf8')
    .replace('127.0.0.1:8080', url.slice('http://'.length))
    .replace('rules/*.yml', join(deploy, 'rules/*.yml'))
    .replaceAll('15s', '1s'),
);
start('prometheus', [
  `--config.file=${join(folder, 'prometheus.yml')}`,
  `--storage.tsdb.path=${join(folder, 'data')}`,
  `--web.listen-address=127.0.0.1:${port}`,
]);

async function ask(expr) {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expr)}`);
    const body = await answer.json();
    if (body.status !== 'success') return { error: body.error };
    return { series: body.data.result };
  } catch (error) {
    return { error: String(error) };
  }
}

await until('prometheus to scrape', 30, async () => (await ask('up{job="tenor"} == 1')).series?.length);
let loading = true;
const loader = (async () => {
  while (loading) {
    await load(url);
    await sleep(200);
  }
})();
let failures = 0;
for (const { where, expr } of queries()) {
  let last;
  for (let i = 0; i < 60; ++i) {
    last = await ask(expr);
    if (last.series?.some(({ value }) => value[1] !== 'NaN')) break;
    await sleep(500);
  }
  if (last.series?.length) continue;
  ++failures;
  console.error(`${where}: ${last.error ?? 'no series'}: ${expr}`);
}
loading = false;
await loader;
console.log(`${queries().length} queries asked, ${failures} without an answer`);
process.exit(failures ? 1 : 0);
