import { usageError } from './problem.js';
import { parseAssignment, splitName } from './split-arguments.js';

/** The options of `evaluate` that say how Assay runs the model. */
export interface ExecuteOptions {
  execute?: string;
  splits?: string;
  features?: string;
  input?: string[];
  output?: string;
  positiveColumn?: string;
  classes?: string;
  endpoint?: string;
}

const listOf = (text: string, option: string): string[] => {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw usageError(`${option} ${text}: expected names with commas between.`);
  return names;
};

/** What the API takes as `execute`; undefined where the model is not to be run. Throws a usage error that names the option. */
export function executeRequest(options: ExecuteOptions): object | undefined {
  const {
    execute: runtime,
    splits,
    features,
    input = [],
    output,
    positiveColumn,
    classes,
    endpoint,
  } = options;
  if (runtime === undefined) {
    const alone = Object.entries({
      splits,
      features,
      input: input[0],
      output,
      positiveColumn,
      classes,
      endpoint,
    });
    const [given] = alone.find(([, value]) => value !== undefined) ?? [];
    if (given === undefined) return undefined;
    throw usageError(`--${given === 'positiveColumn' ? 'positive-column' : given} goes with --execute.`);
  }
  if (splits === undefined) throw usageError('--execute needs --splits: the splits to run the model on.');
  if ((features === undefined) === (input.length === 0))
    throw usageError('--execute needs --features, or --input NAME=COLUMNS for each input; not both.');
  const inputs =
    features === undefined
      ? input.map((text) => {
          const [name, columns] = parseAssignment(text, '--input', 'NAME=COLUMN,COLUMN,...');
          return { name, features: listOf(columns, '--input') };
        })
      : [{ features: listOf(features, '--features') }];
  return {
    runtime,
    splits: listOf(splits, '--splits').map(splitName),
    inputs,
    output: {
      name: output,
      column: positiveColumn === undefined ? undefined : columnOf(positiveColumn),
      classes: classes === undefined ? undefined : listOf(classes, '--classes'),
    },
    endpoint: endpoint === undefined ? undefined : { url: endpoint },
  };
}

function columnOf(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw usageError(`--positive-column ${text}: expected the number of a column, counted from 0.`);
}
