import { describe, expect, it } from 'vitest';
import { LogFixture } from './log-fixture.js';
import { verifyBundle } from './verify-bundle.js';

const decision = {
  decisionId: 'd1',
  verdict: 'PASS',
  rules: [{ id: 'auc', observed: 0.81, ci: [0.8, 0.82] }],
};
const about = { kind: 'gateDecision', id: 'd1' };
const log = new LogFixture()
  .add('run.created', { name: 'first' })
  .add('gate.decided', { decisionDigest: LogFixture.digest(decision) }, about)
  .addForeign()
  .addForeign()
  .add(
    'gate.decided',
    { decisionDigest: LogFixture.digest({ decisionId: 'd2' }) },
    { kind: 'gateDecision', id: 'd2' },
  );
const bundle = () => ({ kind: 'assay/decision-bundle/v1', decision, audit: log.proof(1) });

type Path = (string | number)[];

/** Every path to a leaf of a JSON value. */
function paths(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([key, member]) => paths(member, [...at, key]));
}

function get(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value);
}

function withChange(value: object, path: Path, change: unknown): object {
  const copy = structuredClone(value);
  const parent = get(copy, path.slice(0, -1)) as Record<string, unknown>;
  parent[path.at(-1)!] = change;
  return copy;
}

describe('verifyBundle', () => {
  it('accepts a decision with its proof', () => {
    const report = verifyBundle(bundle(), { pinnedPublicKey: log.publicKey });
    expect(report.checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['decision', true],
      ['body', true],
      ['checkpoint', true],
      ['inclusion', true],
      ['key', true],
    ]);
    expect(report.ok).toBe(true);
  });

  it('accepts what was stored and read again with other spacing and order', () => {
    const reordered = Object.fromEntries(Object.entries(bundle()).reverse());
    expect(verifyBundle(JSON.parse(JSON.stringify(reordered, null, 4))).ok).toBe(true);
  });

  it('accepts a proof without a decision, and without a body', () => {
    for (let index = 0; index < 5; index++) {
      if (index === 2 || index === 3) continue;
      expect(verifyBundle(log.proof(index)).ok).toBe(true);
    }
    expect(verifyBundle({ ...log.proof(0), body: null })).toMatchObject({ ok: true });
  });

  it.each(paths(bundle()))('finds a change of %s', (...path) => {
    const value = get(bundle(), path);
    const changes =
      typeof value === 'string'
        ? [...value].map(
            (character, at) => `${value.slice(0, at)}${character === 'a' ? 'b' : 'a'}${value.slice(at + 1)}`,
          )
        : typeof value === 'number'
          ? [value + 1, value - 1, -value, String(value)]
          : [1];
    for (const change of changes) {
      if (change === value) continue;
      const report = verifyBundle(withChange(bundle(), path, change));
      expect({ change, ok: report.ok }).toEqual({ change, ok: false });
      expect(report.culprit).toBeDefined();
    }
  });

  it.each(paths(bundle()))('finds that %s is missing', (...path) => {
    const copy = structuredClone(bundle());
    const parent = get(copy, path.slice(0, -1)) as Record<string, unknown>;
    if (Array.isArray(parent)) parent.splice(Number(path.at(-1)), 1);
    else delete parent[path.at(-1)!];
    expect(verifyBundle(copy).ok).toBe(false);
  });

  it('refuses the proof of another decision', () => {
    const report = verifyBundle({ ...bundle(), audit: log.proof(4) });
    expect(report).toMatchObject({ ok: false, culprit: { field: 'leaf.subject' } });
  });

  it('refuses a decision whose digest stands in an entry about something else', () => {
    const other = new LogFixture().add('run.created', { decisionDigest: LogFixture.digest(decision) });
    expect(verifyBundle({ ...bundle(), audit: other.proof(0) }).ok).toBe(false);
  });

  it('refuses a decision without the recorded body', () => {
    expect(verifyBundle({ ...bundle(), audit: { ...log.proof(1), body: null } })).toMatchObject({
      ok: false,
      culprit: { field: 'body' },
    });
  });

  it('refuses another key than the known one, however well it signed', () => {
    const forged = new LogFixture().add(
      'gate.decided',
      { decisionDigest: LogFixture.digest(decision) },
      about,
    );
    const forgery = { ...bundle(), audit: forged.proof(0) };
    expect(verifyBundle(forgery).ok).toBe(true);
    expect(verifyBundle(forgery, { pinnedPublicKey: log.publicKey })).toMatchObject({
      ok: false,
      culprit: { field: 'publicKey' },
    });
  });

  it('refuses what it does not understand', () => {
    for (const value of [
      null,
      1,
      'x',
      [],
      {},
      { kind: 'other' },
      { ...bundle(), extra: 1 },
      { ...log.proof(0), extra: 1 },
    ]) {
      expect(verifyBundle(value).ok).toBe(false);
    }
  });
});
