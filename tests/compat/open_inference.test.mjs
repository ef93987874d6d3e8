// The Open Inference Protocol, version 2, by fetch: npm has no client of it (docs/decisions/0012-other-apis.md). The
// schemas are what the protocol's REST definition requires of answers, in its names.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, checker, complaint, documented, praise, url } from './server.mjs';

const object = (properties, required) => ({ type: 'object', properties, required });
const list = (items) => ({ type: 'array', items });
const string = { type: 'string' };
const shape = list({ type: 'integer' });
const tensor = object({ name: string, datatype: string, shape }, ['name', 'datatype', 'shape']);
const data = { $ref: '#/$defs/data' };
const $defs = { data: list({ anyOf: [data, { type: 'number' }, string, { type: 'boolean' }] }) };

const checkServer = checker(object({ name: string, version: string, extensions: list(string) }, ['name', 'version', 'extensions']));
const checkModel = checker(
  object({ name: string, versions: list(string), platform: string, inputs: list(tensor), outputs: list(tensor) },
    ['name', 'platform', 'inputs', 'outputs']),
);
const output = object({ name: string, datatype: string, shape, parameters: { type: 'object' }, data },
  ['name', 'shape', 'datatype', 'data']);
const checkInference = checker({
  ...object({ model_name: string, model_version: string, id: string, outputs: list(output) }, ['model_name', 'outputs']),
  $defs,
});
const checkError = checker(object({ error: string }, ['error']));
const elements = (dimensions) => dimensions.reduce((product, dimension) => product * dimension, 1);

const request = (texts, rest = {}) => ({
  inputs: [{ name: 'text', datatype: 'BYTES', shape: [texts.length], data: texts }],
  ...rest,
});

test('server and health', async () => {
  const server = await ask('/v2');
  checkServer(server.json);
  assert.equal(server.json.name, 'tenor');
  assert.deepEqual((await ask('/v2/')).json, server.json);
  assert.deepEqual((await ask('/v2/health/live')).json, { live: true });
  assert.deepEqual((await ask('/v2/health/ready')).json, { ready: true });
});

test('models and their versions', async () => {
  for (const name of ['tenor', 'tenor-zh', 'tenor-en']) {
    const model = await ask(`/v2/models/${name}`);
    checkModel(model.json);
    documented('TensorModel')(model.json);
    assert.equal(model.json.name, name);
    assert.deepEqual((await ask(`/v2/models/${name}/ready`)).json, { name, ready: true });
    for (const version of model.json.versions ?? []) {
      assert.deepEqual((await ask(`/v2/models/${name}/versions/${version}`)).json, model.json);
      assert.equal((await ask(`/v2/models/${name}/versions/${version}/ready`)).status, 200);
    }
  }
});

test('inference: every output has the shape, type and name of the metadata', async () => {
  const texts = [praise.zh, complaint.zh];
  const { json: model } = await ask('/v2/models/tenor-zh');
  for (const version of ['', `/versions/${model.versions[0]}`]) {
    const { status, json } = await ask(`/v2/models/tenor-zh${version}/infer`, request(texts, { id: '42' }));
    assert.equal(status, 200);
    checkInference(json);
    documented('InferResponse')(json);
    assert.equal(json.model_name, 'tenor-zh');
    assert.equal(json.model_version, model.versions[0]);
    assert.equal(json.id, '42');
    assert.deepEqual(json.outputs.map((found) => found.name), model.outputs.map((told) => told.name));
    json.outputs.forEach((found, i) => {
      assert.equal(found.datatype, model.outputs[i].datatype);
      assert.deepEqual(found.shape, model.outputs[i].shape.map((size) => (size === -1 ? texts.length : size)));
      assert.equal(found.data.length, elements(found.shape));
    });
    const [label, score, probabilities] = json.outputs;
    assert.deepEqual(label.data, ['positive', 'negative']);
    const labels = probabilities.parameters.labels.split(',');
    assert.deepEqual(labels, model.parameters.labels);
    texts.forEach((_, i) => {
      const row = probabilities.data.slice(i * labels.length, (i + 1) * labels.length);
      assert.ok(Math.abs(row.reduce((a, b) => a + b) - 1) < 1e-4);
      assert.equal(row[labels.indexOf(label.data[i])], score.data[i]);
    });
  }
});

test('outputs and parameters are those asked for', async () => {
  const asked = request([praise.en], { outputs: [{ name: 'score' }], parameters: { language: 'en', budget: 'fast' } });
  asked.inputs[0].shape = [1, 1];
  const { json } = await ask('/v2/models/tenor/infer', asked);
  checkInference(json);
  assert.deepEqual(json.outputs.map(({ name, shape: found }) => [name, found]), [['score', [1, 1]]]);
  assert.equal('model_version' in json, false);
});

test('tensors as bytes', async () => {
  const texts = [complaint.zh, praise.zh].map((text) => Buffer.from(text));
  const tensors = Buffer.concat(
    texts.flatMap((bytes) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
  const head = Buffer.from(
    JSON.stringify({
      inputs: [{ name: 'text', datatype: 'BYTES', shape: [2], parameters: { binary_data_size: tensors.length } }],
      parameters: { binary_data_output: true },
    }),
  );
  const answer = await fetch(`${url}/v2/models/tenor/infer`, {
    method: 'POST',
    body: Buffer.concat([head, tensors]),
    headers: { 'Content-Type': 'application/octet-stream', 'Inference-Header-Content-Length': `${head.length}` },
  });
  assert.equal(answer.status, 200);
  const body = Buffer.from(await answer.arrayBuffer());
  const size = Number(answer.headers.get('Inference-Header-Content-Length'));
  const { outputs } = JSON.parse(body.subarray(0, size));
  const parts = {};
  let at = size;
  for (const { name, parameters } of outputs) {
    parts[name] = body.subarray(at, (at += parameters.binary_data_size));
  }
  assert.equal(at, body.length);
  assert.equal(parts.label.subarray(4, 4 + parts.label.readUInt32LE(0)).toString(), 'negative');
  const plain = (await ask('/v2/models/tenor/infer', request([complaint.zh, praise.zh]))).json;
  plain.outputs[1].data.forEach((score, i) => assert.ok(Math.abs(parts.score.readFloatLE(4 * i) - score) < 1e-6));
  plain.outputs[2].data.forEach((value, i) => assert.ok(Math.abs(parts.probabilities.readFloatLE(4 * i) - value) < 1e-6));
});

test('errors', async () => {
  for (const [path, body, status] of [
    ['/v2/models/nobody', undefined, 404],
    ['/v2/models/nobody/ready', undefined, 404],
    ['/v2/models/tenor-zh/versions/0/infer', request(['a']), 404],
    ['/v2/models/tenor/infer', {}, 400],
    ['/v2/models/tenor/infer', request(['好', '']), 400],
    ['/v2/models/tenor/infer', request(['a'], { outputs: [{ name: 'logits' }] }), 400],
    ['/v2/models/tenor', {}, 405],
  ]) {
    const answer = await ask(path, body);
    assert.equal(answer.status, status, answer.text);
    checkError(answer.json);
    documented('DialectError')(answer.json);
  }
});
