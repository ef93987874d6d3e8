// POST /predict, GET /health and /info in the shapes of text-embeddings-inference.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, checkScores, complaint, documented, praise, softmax } from './server.mjs';

const checkOne = documented('TeiPredictions');
const checkMany = documented('TeiBatch');

test('one text: a flat list', async () => {
  const { status, json } = await ask('/predict', { inputs: praise.zh, truncate: true, raw_scores: false });
  assert.equal(status, 200);
  checkOne(json);
  checkScores(json, 'positive');
  const own = await ask('/predict', { text: praise.zh });
  assert.equal(own.json.label, 'positive');
  assert.ok(Math.abs(own.json.score - json[0].score) < 1e-4);
});

test('several texts: a list of lists', async () => {
  const lists = await ask('/predict', { inputs: [[praise.zh], [complaint.en]] });
  checkMany(lists.json);
  checkScores(lists.json[0], 'positive');
  checkScores(lists.json[1], 'negative');
  assert.deepEqual((await ask('/predict', { inputs: [praise.zh, complaint.en] })).json, lists.json);
});

test('raw scores are logits of the probabilities', async () => {
  const usual = (await ask('/predict', { inputs: complaint.zh })).json;
  const raw = (await ask('/predict', { inputs: complaint.zh, raw_scores: true })).json;
  checkOne(raw);
  assert.deepEqual(raw.map((entry) => entry.label), usual.map((entry) => entry.label));
  const again = softmax(raw.map((entry) => entry.score));
  usual.forEach((entry, i) => assert.ok(Math.abs(entry.score - again[i]) < 1e-4));
});

test('errors have a type and a status', async () => {
  const checkError = documented('TeiError');
  for (const [inputs, status, type] of [
    ['', 400, 'Empty'],
    [['好', ''], 400, 'Empty'],
    [7, 422, 'Validation'],
    [[['a', 'b']], 422, 'Validation'],
    [[], 422, 'Validation'],
    [Array(1001).fill('好'), 413, 'Validation'],
  ]) {
    const answer = await ask('/predict', { inputs });
    assert.equal(answer.status, status, answer.text);
    checkError(answer.json);
    assert.equal(answer.json.error_type, type);
  }
});

test('health and info', async () => {
  const health = await ask('/health');
  assert.equal(health.status, 200);
  assert.equal(health.text, '');
  const { json } = await ask('/info');
  documented('Info')(json);
  const labels = Object.values(json.model_type.classifier.id2label);
  assert.deepEqual(labels.sort(), ['negative', 'neutral', 'positive']);
  for (const [id, label] of Object.entries(json.model_type.classifier.id2label)) {
    assert.equal(json.model_type.classifier.label2id[label], Number(id));
  }
  assert.ok(json.max_client_batch_size > 0 && json.max_batch_tokens > 0 && json.max_input_length > 0);
});
