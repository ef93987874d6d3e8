// Hugging Face's own client against POST /models/{id} and /pipeline/text-classification.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { InferenceClient, textClassification } from '@huggingface/inference';
import { ask, checkScores, checker, complaint, documented, praise, softmax, url } from './server.mjs';

// The task's schema as Hugging Face publishes it in @huggingface/tasks.
const tasks = join(
  dirname(createRequire(createRequire(import.meta.url).resolve('@huggingface/inference')).resolve('@huggingface/tasks/package.json')),
  'src/tasks',
);
const published = (path) => {
  const { $schema, ...schema } = JSON.parse(readFileSync(join(tasks, path), 'utf8'));  // draft 6, as far as it is used
  return schema;
};
const checkOutput = checker(published('text-classification/spec/output.json'), {
  '/inference/schemas/common-definitions.json': published('common-definitions.json'),
});
const checkDocumented = documented('HuggingFaceAnswer');

test('textClassification with an endpointUrl', async () => {
  for (const path of ['/models/tenor', '/pipeline/text-classification', '/pipeline/text-classification/tenor']) {
    for (const language of ['zh', 'en']) {
      const liked = await textClassification({ endpointUrl: url + path, inputs: praise[language] });
      checkOutput(liked);
      checkScores(liked, 'positive');
      checkScores(await textClassification({ endpointUrl: url + path, inputs: complaint[language] }), 'negative');
    }
  }
});

test('a client bound to an endpoint, with parameters', async () => {
  const client = new InferenceClient().endpoint(`${url}/models/tenor-zh`);
  const all = await client.textClassification({ inputs: praise.zh });
  const one = await client.textClassification({ inputs: praise.zh, parameters: { top_k: 1 } });
  checkOutput(one);
  assert.deepEqual(one, all.slice(0, 1));
  const raw = await client.textClassification({ inputs: praise.zh, parameters: { function_to_apply: 'none' } });
  const again = softmax(raw.map((entry) => entry.score));
  all.forEach((entry, i) => assert.ok(Math.abs(entry.score - again[i]) < 1e-4, `${entry.score} and ${again[i]}`));
  const each = await client.textClassification({ inputs: praise.zh, parameters: { function_to_apply: 'sigmoid' } });
  each.forEach((entry, i) => assert.ok(Math.abs(entry.score - 1 / (1 + Math.exp(-raw[i].score))) < 1e-4));
});

test('the model in the path answers, whatever the language of the text', async () => {
  const answered = async (model) => (await ask(`/models/${model}`, { inputs: [praise.zh, praise.en] })).json;
  const [all, zh, en] = [await answered('tenor'), await answered('tenor-zh'), await answered('tenor-en')];
  assert.deepEqual(all[0], zh[0]);
  assert.deepEqual(all[1], en[1]);
  assert.notDeepEqual(all[1], zh[1]);
});

test('answers are nested as documented, for one text and for a list', async () => {
  const one = await ask('/models/tenor', { inputs: praise.zh, options: { wait_for_model: true, use_cache: false } });
  checkDocumented(one.json);
  const many = await ask('/models/tenor', { inputs: [praise.zh, complaint.en] });
  checkDocumented(many.json);
  assert.deepEqual(many.json[0], one.json[0]);
  checkScores(many.json[1], 'negative');
});

test('the client tells what is wrong', async () => {
  const failing = async (args, status, words) => {
    await assert.rejects(textClassification(args, { retry_on_error: false }), (error) => {
      assert.equal(error.name, 'ProviderApiError');
      assert.equal(error.httpResponse.status, status);
      assert.match(error.message, words);
      documented('DialectError')(error.httpResponse.body);
      return true;
    });
  };
  await failing({ endpointUrl: `${url}/models/nobody/nothing`, inputs: 'a' }, 404, /there are tenor, tenor-/);
  await failing({ endpointUrl: `${url}/models/tenor`, inputs: ' ' }, 400, /empty/);
  await failing({ endpointUrl: `${url}/models/tenor`, inputs: 'a', parameters: { top_k: 0 } }, 400, /top_k/);
  await failing({ endpointUrl: `${url}/models/tenor`, inputs: 'a', parameters: { model: 'nobody' } }, 404, /nobody/);
  await failing({ endpointUrl: `${url}/models/tenor`, inputs: 'a', parameters: { language: 'fr' } }, 400, /language/);
});
