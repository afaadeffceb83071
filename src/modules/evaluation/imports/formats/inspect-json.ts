import { fieldsOf } from '../fields.js';
import { listed, members } from '../json/json-shape.js';
import { readJson } from '../read-json.js';
import type { ResultReader } from '../result-reader.js';
import { ResultsBuilder } from '../results-builder.js';
import {
  addInspectSample,
  addInspectTotals,
  INSPECT_HEADER,
  INSPECT_SAMPLE,
  inspectRun,
} from './inspect-log.js';

const PLACE = 'the log';

/** Inspect's log as one JSON document. */
export const readInspectJson: ResultReader = async (source, limits) => {
  const builder = new ResultsBuilder('inspect-json', limits);
  let header = fieldsOf(null);
  // The name of the task stands before or behind the samples: it is given to them in the end.
  const shape = members({
    ...INSPECT_HEADER,
    samples: listed(INSPECT_SAMPLE, (sample, { text }) =>
      addInspectSample(builder, fieldsOf(sample), '', text),
    ),
  });
  const take = (document: unknown) => (header = fieldsOf(document));
  await readJson(source, { place: PLACE, limits, documents: 'one', shape, take });
  const { task, ...run } = inspectRun(header, PLACE);
  addInspectTotals(builder, header, task, PLACE);
  return builder.finish({ ...run, tasks: [task], renameTask: () => task });
};
