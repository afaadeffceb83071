import { describe, expect, it } from 'vitest';
import type { GateDecision } from '../api-types.js';
import { DECISION } from './fixtures.js';
import { renderDecision } from './render-decision.js';

const allPass = (verdict: GateDecision['verdict']): GateDecision => ({
  ...DECISION,
  verdict,
  rules: DECISION.rules.slice(0, 1),
});

describe('text', () => {
  const text = renderDecision(DECISION, 'text');

  it('starts with verdict, subject and policy', () => {
    expect(text.split('\n')[0]).toBe(
      'ERROR  credit@2  policy credit-production: a rule could not be evaluated',
    );
  });

  it('says of each rule what was observed, why, and what to do', () => {
    expect(text).toContain('FAIL         fairness: 0.214 (0.18 to 0.25), wanted at most 0.1, n 6150');
    expect(text).toContain('Between 0.69 and 0.79: the data cannot tell');
    expect(text).toContain('remedy: About 2,100 rows would settle it');
  });

  it('keeps to 100 columns', () => {
    const long = text.split('\n').filter((line) => line.startsWith(' '.repeat(15)));
    expect(Math.max(...long.map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});

describe('JSON', () => {
  it('is the decision itself', () => {
    expect(JSON.parse(renderDecision(DECISION, 'json'))).toEqual(DECISION);
  });
});

describe('JUnit', () => {
  const xml = renderDecision(DECISION, 'junit');

  it('has a test case per rule; what is not PASS is red', () => {
    expect(xml.match(/<testcase /g)).toHaveLength(4);
    expect(xml).toContain('<testsuites name="assay" tests="4" failures="2" errors="1" skipped="0">');
    expect(xml).toContain('<failure type="INCONCLUSIVE"');
    expect(xml).toContain('<error type="ERROR"');
  });

  it('escapes markup and drops what XML cannot hold', () => {
    expect(xml).toContain('&lt;African-American&gt; &amp; &quot;Caucasian&quot;');
    expect(xml).not.toContain('\u0007');
  });

  it.each(['AWAITING_APPROVAL', 'STALE'] as const)('is red for %s although every rule passes', (verdict) => {
    expect(renderDecision(allPass(verdict), 'junit')).toContain(`<failure type="${verdict}"`);
  });

  it('is green for a pass', () => {
    expect(renderDecision(allPass('PASS'), 'junit')).toContain('tests="1" failures="0" errors="0"');
  });
});

describe('SARIF', () => {
  const log = JSON.parse(renderDecision(DECISION, 'sarif')) as {
    version: string;
    runs: {
      tool: { driver: { name: string; rules: { id: string }[] } };
      results: { ruleId: string; ruleIndex: number; kind: string; level: string; locations: unknown[] }[];
    }[];
  };

  it('is one run of version 2.1.0 with a result per rule', () => {
    expect(log.version).toBe('2.1.0');
    const [run] = log.runs;
    expect(run!.results.map((result) => [result.ruleId, result.kind, result.level])).toEqual([
      ['holdout-auc', 'pass', 'none'],
      ['fairness', 'fail', 'error'],
      ['domains', 'fail', 'warning'],
      ['leakage', 'fail', 'error'],
    ]);
    for (const result of run!.results) {
      expect(run!.tool.driver.rules[result.ruleIndex]!.id).toBe(result.ruleId);
      expect(result.locations).toHaveLength(1);
    }
  });
});

describe('Markdown', () => {
  const markdown = renderDecision(DECISION, 'markdown');

  it('has a row per rule and a reason for each that is not met', () => {
    expect(markdown.match(/^\| .* \| \*\*/gm)).toHaveLength(4);
    expect(markdown).toContain('- **fairness** (FAIL)');
    expect(markdown).not.toContain('- **holdout-auc**');
  });

  it('lets no name break out of its cell', () => {
    expect(markdown).toContain('false positives \\| by group');
    expect(markdown).toContain('\\<African-American\\>');
  });
});
