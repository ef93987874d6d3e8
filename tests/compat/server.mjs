// Asking the server, and holding answers against JSON Schemas.
import assert from 'node:assert/strict';
import Ajv from 'ajv/dist/2020.js';

export const url = process.env.TENOR_URL;
assert.ok(url, 'run.sh starts the server and sets TENOR_URL');

export const praise = { zh: '味道很好，服务也很热情，下次还会再来', en: 'The food was wonderful and the staff were very kind.' };
export const complaint = { zh: '太难吃了，服务态度极差，再也不来了', en: 'Terrible food, rude waiters, never again.' };

export async function ask(path, body, headers = {}) {
  const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const answer = await fetch(url + path, { ...request, headers: { 'Content-Type': 'application/json', ...headers } });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: text === '' ? undefined : JSON.parse(text) };
}

// Fails with what is wrong where `value` is not what the schema says.
export function checker(schema, others = {}) {
  const ajv = new Ajv({ strict: false, allErrors: true });
  for (const [name, other] of Object.entries(others)) ajv.addSchema(other, name);
  const validate = ajv.compile(schema);
  return (value) => assert.ok(validate(value), `${ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`);
}

// The same by a name among the schemas of the server's own /openapi.json.
const openapi = (await ask('/openapi.json')).json;
export const documented = (name) => checker({ $ref: `api#/components/schemas/${name}` }, { api: openapi });

// Labels and scores of a text in falling order that make up a distribution.
export function checkScores(list, label) {
  assert.equal(list[0].label, label);
  assert.deepEqual(list.map((entry) => entry.label).sort(), ['negative', 'neutral', 'positive']);
  for (let i = 1; i < list.length; ++i) assert.ok(list[i - 1].score >= list[i].score, JSON.stringify(list));
  assert.ok(Math.abs(list.reduce((sum, entry) => sum + entry.score, 0) - 1) < 1e-4, JSON.stringify(list));
}

export const softmax = (logits) => {
  const powers = logits.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
};
