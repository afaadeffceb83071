/** One number of a sum, and the task that it is about. */
export interface Term {
  task: number;
  value: number;
}

/** The score on task j after training on task i. */
export type Cell = (i: number, j: number) => number;

export interface ContinualFormula {
  id: string;
  /** Raised whenever the number changes for the same matrix. */
  version: number;
  label: string;
  /** Tools disagree under one name: numbers of different formulas do not compare. */
  formulaId: string;
  direction: 'higher' | 'lower';
  needsBaseline: boolean;
  terms(cell: Cell, tasks: number, baseline: (j: number) => number): Term[];
  /** What the terms' sum is divided by: their number unless said. */
  divisor?(tasks: number): number;
  /** From the mean to the number. */
  finish?(mean: number): number;
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

/** Each earlier task: its score at the end less that when it was learnt. */
const backward: ContinualFormula['terms'] = (cell, tasks) =>
  range(0, tasks - 1).map((j) => ({ task: j, value: cell(tasks - 1, j) - cell(j, j) }));

/** Each later task: its score just before it is learnt less the baseline's. */
const forward: ContinualFormula['terms'] = (cell, tasks, baseline) =>
  range(1, tasks).map((j) => ({ task: j, value: cell(j - 1, j) - baseline(j) }));

/** Each earlier task: the best score up to and with row `last` less that at the end. */
const forgotten =
  (last: (tasks: number) => number): ContinualFormula['terms'] =>
  (cell, tasks) =>
    range(0, tasks - 1).map((j) => ({
      task: j,
      value: Math.max(...range(0, last(tasks) + 1).map((i) => cell(i, j))) - cell(tasks - 1, j),
    }));

/** Every earlier task at every later step: its score then less that when it was learnt. */
const backwardThroughout: ContinualFormula['terms'] = (cell, tasks) =>
  range(1, tasks).flatMap((i) => range(0, i).map((j) => ({ task: j, value: cell(i, j) - cell(j, j) })));

const GEM = 'Lopez-Paz and Ranzato 2017';
const DIAZ = 'Diaz-Rodriguez and others 2018';

/** Every number of continual learning. A new one is a new entry. */
export const CONTINUAL_FORMULAS: readonly ContinualFormula[] = [
  {
    id: 'acc',
    version: 1,
    label: `average accuracy at the end (${GEM})`,
    formulaId: 'continual/acc/last-row',
    direction: 'higher',
    needsBaseline: false,
    terms: (cell, tasks) => range(0, tasks).map((j) => ({ task: j, value: cell(tasks - 1, j) })),
  },
  {
    id: 'bwt_gem',
    version: 1,
    label: `backward transfer (${GEM})`,
    formulaId: 'continual/bwt/gem-paper',
    direction: 'higher',
    needsBaseline: false,
    terms: backward,
  },
  {
    id: 'bwt_gem_code',
    version: 1,
    label: "backward transfer as GEM's code has it, over all tasks",
    formulaId: 'continual/bwt/gem-code',
    direction: 'higher',
    needsBaseline: false,
    terms: backward,
    divisor: (tasks) => tasks,
  },
  {
    id: 'fwt_gem',
    version: 1,
    label: `forward transfer over the baseline (${GEM})`,
    formulaId: 'continual/fwt/gem-paper',
    direction: 'higher',
    needsBaseline: true,
    terms: forward,
  },
  {
    id: 'fwt_gem_code',
    version: 1,
    label: "forward transfer as GEM's code has it, over all tasks",
    formulaId: 'continual/fwt/gem-code',
    direction: 'higher',
    needsBaseline: true,
    terms: forward,
    divisor: (tasks) => tasks,
  },
  {
    id: 'forgetting_chaudhry',
    version: 1,
    label: 'forgetting from the best earlier score (Chaudhry and others 2018)',
    formulaId: 'continual/forgetting/chaudhry',
    direction: 'lower',
    needsBaseline: false,
    terms: forgotten((tasks) => tasks - 2),
  },
  {
    id: 'forgetting_mammoth',
    version: 1,
    label: "forgetting as mammoth has it: from the best score, the last one's too, never negative",
    formulaId: 'continual/forgetting/mammoth',
    direction: 'lower',
    needsBaseline: false,
    terms: forgotten((tasks) => tasks - 1),
  },
  {
    id: 'bwt_diaz',
    version: 1,
    label: `backward transfer at every step (${DIAZ})`,
    formulaId: 'continual/bwt/diaz-rodriguez',
    direction: 'higher',
    needsBaseline: false,
    terms: backwardThroughout,
  },
  {
    id: 'bwt_plus_diaz',
    version: 1,
    label: `positive backward transfer (${DIAZ})`,
    formulaId: 'continual/bwt-plus/diaz-rodriguez',
    direction: 'higher',
    needsBaseline: false,
    terms: backwardThroughout,
    finish: (mean) => Math.max(0, mean),
  },
  {
    id: 'rem_diaz',
    version: 1,
    label: `remembering (${DIAZ})`,
    formulaId: 'continual/rem/diaz-rodriguez',
    direction: 'higher',
    needsBaseline: false,
    terms: backwardThroughout,
    finish: (mean) => 1 - Math.abs(Math.min(0, mean)),
  },
  {
    id: 'acc_diaz',
    version: 1,
    label: `accuracy over all tasks met so far (${DIAZ})`,
    formulaId: 'continual/acc/diaz-rodriguez',
    direction: 'higher',
    needsBaseline: false,
    terms: (cell, tasks) =>
      range(0, tasks).flatMap((i) => range(0, i + 1).map((j) => ({ task: j, value: cell(i, j) }))),
  },
  {
    id: 'fwt_diaz',
    version: 1,
    label: `score on tasks not met yet (${DIAZ})`,
    formulaId: 'continual/fwt/diaz-rodriguez',
    direction: 'higher',
    needsBaseline: false,
    terms: (cell, tasks) =>
      range(0, tasks).flatMap((i) => range(i + 1, tasks).map((j) => ({ task: j, value: cell(i, j) }))),
  },
  {
    id: 'acc_incremental',
    version: 1,
    label: 'accuracy over all tasks at every step, met or not (Continuum)',
    formulaId: 'continual/acc/incremental-all-tasks',
    direction: 'higher',
    needsBaseline: false,
    terms: (cell, tasks) =>
      range(0, tasks).flatMap((i) => range(0, tasks).map((j) => ({ task: j, value: cell(i, j) }))),
  },
];

/** Throws RangeError for a name that is not in the table. */
export function continualFormula(id: string): ContinualFormula {
  const found = CONTINUAL_FORMULAS.find((formula) => formula.id === id);
  if (!found)
    throw new RangeError(
      `unknown formula ${JSON.stringify(id)}, expected one of ${CONTINUAL_FORMULAS.map((formula) => formula.id).join(', ')}`,
    );
  return found;
}
