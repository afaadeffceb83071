import { compareText } from './compare-text.js';
import { importError, quoted } from './import-errors.js';
import type { ImportLimits } from './import-limits.js';
import type {
  ImportedItem,
  ImportedMetric,
  ImportedResults,
  ImportFormat,
  ItemOutcome,
  ReportedTotal,
  RunStatus,
} from './imported-results.js';

/** What a reader knows of one try; what is left out or null is not known. */
export interface ItemFacts {
  task: string | null;
  taskId: string;
  trial: number;
  scores: Record<string, number | null>;
  /** Where the tool says more than its numbers do. */
  outcome?: 'error' | 'skipped' | 'unscored';
  cost?: number | null;
  latencyMs?: number | null;
  hashes?: { doc?: string | null; prompt?: string | null; target?: string | null };
}

export interface RunFacts {
  formatVersion: string | null;
  model: string | null;
  status: RunStatus;
  /** Tasks that are named beside those of items and totals. */
  tasks?: readonly string[];
  /** A better name for a task, once all is known. */
  renameTask?(task: string | null): string | null;
}

/** Gathers what a reader finds; says at the end what the numbers of each metric are. Throws InvalidInputError. */
export class ResultsBuilder {
  private readonly items = new Map<string, ImportedItem>();
  private readonly totals: ReportedTotal[] = [];
  private readonly metrics = new Map<string, ImportedMetric>();
  private readonly tasks = new Set<string | null>();

  constructor(
    private readonly format: ImportFormat,
    private readonly limits: ImportLimits,
  ) {}

  /** A try. Throws IMPORT_ITEM_REPEATED. */
  add(facts: ItemFacts, where: string): void {
    const key = keyOf(facts);
    if (this.items.has(key)) throw repeated(facts, where);
    this.insert(key, facts, where);
  }

  /** A part of a try, of which there may be others: each with metrics of its own. Throws IMPORT_ITEM_REPEATED. */
  addPart(facts: ItemFacts, where: string): void {
    const key = keyOf(facts);
    const item = this.items.get(key);
    if (!item) {
      this.insert(key, facts, where);
      return;
    }
    const again = Object.keys(facts.scores).find((metric) => Object.hasOwn(item.scores, metric));
    if (again !== undefined) throw repeated(facts, where, again);
    Object.assign(item.scores, this.counted(facts.scores, where));
    Object.assign(item, known(facts));
    if (facts.outcome) item.outcome = facts.outcome;
  }

  addTotal(total: ReportedTotal, where: string): void {
    this.addTask(total.task, where);
    this.totals.push(total);
    const most = this.limits.totals;
    if (this.totals.length > most)
      throw importError('IMPORT_TOO_MANY_TOTALS', where, `it is one of more than ${most} totals`, IN_PARTS);
  }

  finish({ formatVersion, model, status, tasks = [], renameTask }: RunFacts): ImportedResults {
    const items = [...this.items.values()];
    if (items.length === 0 && this.totals.length === 0) {
      throw importError(
        'IMPORT_EMPTY',
        'the file',
        'it has neither results of items nor totals',
        'Send the file that the tool wrote at the end of its run.',
      );
    }
    if (renameTask) {
      for (const item of items) item.task = renameTask(item.task);
      for (const total of this.totals) total.task = renameTask(total.task);
    }
    for (const item of items) this.settle(item);
    items.sort(byPlace);
    const named = [...items, ...this.totals].map(({ task }) => task);
    return {
      format: this.format,
      formatVersion,
      tasks: [...new Set([...tasks, ...named])].filter((task) => task !== null).sort(compareText),
      model,
      status,
      metrics: [...this.metrics.values()],
      items,
      totals: this.totals,
    };
  }

  private insert(key: string, facts: ItemFacts, where: string): void {
    const { task, taskId, trial, outcome } = facts;
    this.addTask(task, where);
    const scores = this.counted(facts.scores, where);
    this.items.set(key, { task, taskId, trial, scores, outcome: outcome ?? 'unscored', ...known(facts) });
    const most = this.limits.items;
    if (this.items.size > most)
      throw importError('IMPORT_TOO_MANY_ITEMS', where, `it is one of more than ${most} items`, IN_PARTS);
  }

  private addTask(task: string | null, where: string): void {
    this.tasks.add(task);
    const most = this.limits.tasks;
    if (this.tasks.size > most)
      throw importError('IMPORT_TOO_MANY_TASKS', where, `it is of one of more than ${most} tasks`, IN_PARTS);
  }

  private counted(scores: Record<string, number | null>, where: string): Record<string, number | null> {
    for (const [name, value] of Object.entries(scores)) {
      let metric = this.metrics.get(name);
      if (!metric) this.metrics.set(name, (metric = { name, kind: 'score', scored: 0, unscored: 0 }));
      if (value === null) metric.unscored += 1;
      else metric.scored += 1;
      if (value !== null && (value < 0 || value > 1)) metric.kind = 'value';
    }
    const most = this.limits.metrics;
    if (this.metrics.size > most)
      throw importError(
        'IMPORT_TOO_MANY_METRICS',
        where,
        `with it there are more than ${most} metrics`,
        IN_PARTS,
      );
    return scores;
  }

  /** By the first metric of all that this item has a number for. */
  private settle(item: ImportedItem): void {
    const scored = [...this.metrics.values()].filter(({ name }) => typeof item.scores[name] === 'number');
    if (scored.length === 0) item.unscored = true;
    if (item.outcome !== 'unscored' || scored.length === 0) return;
    const [{ name, kind }] = scored as [ImportedMetric];
    item.outcome = kind === 'value' ? 'measured' : outcomeOf(item.scores[name]!);
  }
}

const IN_PARTS = 'Import the run in parts.';

const outcomeOf = (score: number): ItemOutcome =>
  score === 1 ? 'passed' : score === 0 ? 'failed' : 'partial';

const keyOf = ({ task, taskId, trial }: ItemFacts) => JSON.stringify([task, taskId, trial]);

function known({ cost, latencyMs, hashes }: ItemFacts): Partial<ImportedItem> {
  const given = Object.entries(hashes ?? {}).filter(([, hash]) => typeof hash === 'string');
  return {
    ...(typeof cost === 'number' ? { cost } : {}),
    ...(typeof latencyMs === 'number' ? { latencyMs } : {}),
    ...(given.length > 0 ? { hashes: Object.fromEntries(given) } : {}),
  };
}

const byPlace = (a: ImportedItem, b: ImportedItem) =>
  compareText(a.task ?? '', b.task ?? '') || compareText(a.taskId, b.taskId) || a.trial - b.trial;

function repeated({ task, taskId, trial }: ItemFacts, where: string, metric?: string) {
  const of = task === null ? '' : ` of task ${quoted(task)}`;
  const what = metric === undefined ? '' : ` has ${quoted(metric)} and`;
  return importError(
    'IMPORT_ITEM_REPEATED',
    where,
    `item ${quoted(taskId)}${of}, trial ${trial},${what} stands here a second time`,
    'Give each trial of an item a number of its own: one try that counts twice would make the numbers look surer than they are.',
  );
}
