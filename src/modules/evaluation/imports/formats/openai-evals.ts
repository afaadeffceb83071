import { type Fields, fieldsOf, finite, itemName, listOf, missing, textOrNull } from '../fields.js';
import { either, kind, listed, members, named, number, whole } from '../json/json-shape.js';
import { readJson } from '../read-json.js';
import type { ResultReader } from '../result-reader.js';
import { ResultsBuilder } from '../results-builder.js';

const PLACE = 'the file';
const DEVIATION = /(^|_)(boo?tstrap_std|std|stderr)$/;

const LINE = members({
  spec: members({ completion_fns: listed(whole), model_name: whole, eval_name: whole }),
  final_report: named(number),
  type: whole,
  sample_id: whole,
  data: either(named(number), kind),
});

/**
 * The log of OpenAI evals: a line with the spec, a line for each event (`match` and `metrics` hold results), and at the end the final
 * report. A sample that nothing graded is unscored. Source: openai/evals `evals/record.py`.
 */
export const readOpenaiEvals: ResultReader = async (source, limits) => {
  const builder = new ResultsBuilder('openai-evals', limits);
  let spec: Fields | undefined;
  let report: Fields | undefined;
  let where = PLACE;
  await readJson(source, {
    place: PLACE,
    limits,
    documents: 'lines',
    shape: LINE,
    take: (document, { text }) => {
      const line = fieldsOf(document);
      if (line.spec) spec = fieldsOf(line.spec);
      else if (line.final_report) {
        report = fieldsOf(line.final_report);
        where = text;
      } else addEvent(builder, line, text);
    },
  });
  if (!spec) throw missing(PLACE, 'line with the spec');
  const task = textOrNull(spec, 'eval_name', PLACE);
  if (report) addReport(builder, report, where);
  return builder.finish({
    formatVersion: null,
    model: modelOf(spec),
    status: report ? 'completed' : 'incomplete',
    renameTask: () => task,
  });
};

/** Model and graders, in this order. */
function modelOf(spec: Fields): string | null {
  const [first] = listOf(spec.completion_fns);
  return typeof first === 'string' ? first : textOrNull(spec, 'model_name', PLACE);
}

function addEvent(builder: ResultsBuilder, event: Fields, where: string): void {
  const type = textOrNull(event, 'type', where);
  if (type === null) throw missing(where, 'type of an event');
  if (event.sample_id === null || event.sample_id === undefined) return;
  const data = fieldsOf(event.data);
  const scores: Record<string, number | null> = {};
  if (type === 'match') scores.correct = finite(data.correct, 'data.correct', where);
  if (type === 'metrics')
    for (const [name, value] of Object.entries(data))
      if (value !== null) scores[name] = finite(value, `data.${name}`, where);
  builder.addPart(
    {
      task: null,
      taskId: itemName(event, 'sample_id', where),
      trial: 1,
      scores,
      ...(type === 'error' ? { outcome: 'error' as const } : {}),
    },
    where,
  );
}

function addReport(builder: ResultsBuilder, report: Fields, where: string): void {
  const deviation = Object.entries(report).find(([name]) => DEVIATION.test(name));
  for (const [name, value] of Object.entries(report)) {
    if (value === null || name === deviation?.[0]) continue;
    const stderr = name === 'accuracy' && deviation ? finite(deviation[1], deviation[0], where) : null;
    builder.addTotal({ task: null, metric: name, value: finite(value, name, where), stderr, n: null }, where);
  }
}
