import { fieldsOf } from '../fields.js';
import { either, listed } from '../json/json-shape.js';
import { readJson } from '../read-json.js';
import type { ResultReader } from '../result-reader.js';
import { ResultsBuilder } from '../results-builder.js';
import { addLmEvalSample, LM_EVAL_SAMPLE } from './lm-eval-sample.js';

/**
 * Samples of lm-evaluation-harness, of one task: a document a line, or (until 0.4.2) one array of them. The name of the task
 * stands in the name of the file only, so there is none here.
 */
export const readLmEvalSamples: ResultReader = async (source, limits) => {
  const builder = new ResultsBuilder('lm-eval-samples', limits);
  const inArray = listed(LM_EVAL_SAMPLE, (sample, { text }) =>
    addLmEvalSample(builder, fieldsOf(sample), null, text),
  );
  await readJson(source, {
    place: 'the file',
    limits,
    documents: 'lines',
    shape: either(LM_EVAL_SAMPLE, inArray),
    take: (document, { text }) => {
      if (!Array.isArray(document)) addLmEvalSample(builder, fieldsOf(document), null, text);
    },
  });
  return builder.finish({ formatVersion: '0.4', model: null, status: 'completed' });
};
