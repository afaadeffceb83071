import { binomialTestGreater, clopperPearson } from '../../../src/domain/statistics/index.js';
import type { Verdict } from '../../../src/domain/policy/index.js';
import { isLong } from '../../support/extent.js';

/** What became of the decisions of one cell: one rule, one population at the edge of its requirement, one number of rows. */
interface Cell {
  rule: string;
  cell: string;
  alpha: number;
  runs: number;
  passed: number;
  failed: number;
}

/** How often requirements pass that a model violates, and fail that it meets: counted cell by cell, judged and printed at the end. */
export class ErrorRates {
  private readonly cells = new Map<string, Cell>();

  /** `requirement`: the truth lies exactly at the threshold, so that PASS and FAIL are both as wrong as they can be. */
  count(rule: string, cell: string, verdict: Verdict, alpha = 0.05): void {
    const key = `${rule}\n${cell}`;
    const found = this.cells.get(key) ?? { rule, cell, alpha, runs: 0, passed: 0, failed: 0 };
    if (verdict === 'ERROR') throw new Error(`${rule}, ${cell}: the decision ended in ERROR`);
    found.runs++;
    found.passed += verdict === 'PASS' ? 1 : 0;
    found.failed += verdict === 'FAIL' ? 1 : 0;
    this.cells.set(key, found);
  }

  get decisions(): number {
    return [...this.cells.values()].reduce((sum, { runs }) => sum + runs, 0);
  }

  /** Cells that pass more often than alpha and three Monte Carlo standard errors. */
  falsePasses(): string[] {
    return this.beyond(({ passed }) => passed, 1);
  }

  /** Cells, of some rules or of all, that fail more often than `times` alpha and three Monte Carlo standard errors. */
  falseFails(times: number, of: RegExp = /./): string[] {
    return this.beyond(({ rule, failed }) => (of.test(rule) ? failed : 0), times);
  }

  private beyond(of: (cell: Cell) => number, times: number): string[] {
    return [...this.cells.values()]
      .filter((cell) => {
        const level = cell.alpha * times;
        const exceeds = of(cell) / cell.runs > limit(level, cell.runs);
        // Of few decisions the normal limit is passed too often: there the exact chance must be as small, too.
        return exceeds && (cell.runs >= 1000 || binomialTestGreater(of(cell), cell.runs, level) < 0.0003);
      })
      .map((cell) => line(cell));
  }

  /** The worst; in the long form the table too: rule, cell, decisions, both rates with Clopper and Pearson's 95 % interval. */
  print(title: string): void {
    const rows = [...this.cells.values()].map(line);
    const worst = (of: (cell: Cell) => number) =>
      Math.max(...[...this.cells.values()].map((cell) => of(cell) / cell.runs));
    process.stderr.write(
      `\n${title}: ${rows.length} cells, ${this.decisions} decisions, ` +
        `worst false PASS ${rate(worst(({ passed }) => passed))}, worst false FAIL ${rate(worst(({ failed }) => failed))}\n` +
        // Of a few decisions each, they say nothing yet.
        (isLong ? `${rows.join('\n')}\n` : ''),
    );
  }
}

/** alpha plus three Monte Carlo standard errors of `runs` decisions. */
export function limit(alpha: number, runs: number): number {
  return alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / runs);
}

function line({ rule, cell, runs, passed, failed }: Cell): string {
  return `${rule.padEnd(44)} ${cell.padEnd(46)} ${String(runs).padStart(7)}  PASS ${told(passed, runs)}  FAIL ${told(failed, runs)}`;
}

function told(count: number, runs: number): string {
  const { low, high } = clopperPearson(count, runs, 0.95);
  return `${rate(count / runs)} (${rate(low)} to ${rate(high)})`;
}

const rate = (value: number): string => value.toFixed(4);
