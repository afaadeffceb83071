import { describe, expect, it } from 'vitest';
import { decideGate } from '../decide-gate.js';
import type { ProvenanceFacts } from '../gate-evidence.js';
import { parseGatePolicy } from '../parse-gate-policy.js';
import { evidenceOf, policyOf, provenanceOf, sourceOf } from '../policy-fixtures.js';

const decide = (provenance: ProvenanceFacts | null, purpose = 'credit-scoring') =>
  decideGate(policyOf([{ id: 'may-be-used', sources: { purpose } }]), evidenceOf([], { provenance }))
    .rules[0]!;

describe('the rule on sources', () => {
  it('passes where every source of every version allows the purpose', () => {
    const result = decide(provenanceOf());
    expect(result).toMatchObject({ verdict: 'PASS', observed: 0, threshold: 0, splits: [], remedy: null });
    expect(result.evidence).toEqual([{ kind: 'source', id: 'source-1', digest: 's'.repeat(64) }]);
    expect(decide(provenanceOf({ purposes: 'any' }), 'research').verdict).toBe('PASS');
    expect(decide(provenanceOf({ personal: false, basis: 'none' })).verdict).toBe('PASS');
    expect(decide(provenanceOf({ kind: 'logs', licensed: false })).verdict).toBe('PASS');
  });

  it.each([
    ['third-party data without a licence', provenanceOf({ licensed: false }), 'without a licence'],
    ['personal data without a basis', provenanceOf({ basis: 'none' }), 'without a basis'],
    ['another purpose', provenanceOf({ purposes: ['research'] }), 'do not allow "credit-scoring"'],
    ['no purpose at all', provenanceOf({ purposes: [] }), 'do not allow "credit-scoring"'],
    ['terms that have run out', provenanceOf({ expired: true }), 'have expired'],
    ['a consent that was withdrawn', provenanceOf({}, { withdrawn: 2 }), '2 in new@1'],
    [
      'a consent that was withdrawn, though another basis is claimed',
      provenanceOf({ basis: 'contract' }, { withdrawn: 1 }),
      '1 in new@1',
    ],
  ])('fails on %s, and says where', (_name, provenance, said) => {
    const result = decide(provenance);
    expect(result).toMatchObject({ verdict: 'FAIL', observed: 1, reason: expect.stringContaining(said) });
    expect(result.reason).toContain('new@1');
    expect(result.remedy).toContain('assay source add');
  });

  it.each([
    ['nobody asked', null, 'was not read'],
    ['there are no data', { trainedOn: 0, datasetVersionIds: [], versions: [] }, 'names no data'],
    ['nobody knows what the model was made of', { ...provenanceOf(), trainedOn: 0 }, 'names no data'],
    ['a version names no source', provenanceOf({}, { named: 0, sources: [] }), 'new@1 name no source'],
    [
      'nobody knows who consented',
      provenanceOf({}, { rowsWithoutSubject: 'unknown' }),
      'do not say whom rows are about',
    ],
    ['some rows are about nobody', provenanceOf({}, { rowsWithoutSubject: 3 }), 'rows that name nobody'],
  ] as [string, ProvenanceFacts | null, string][])('is undecided where %s', (_name, provenance, said) => {
    const result = decide(provenance);
    expect(result).toMatchObject({ verdict: 'INCONCLUSIVE', openHolds: [{ reason: expect.any(String) }] });
    expect(result.openHolds[0]!.reason).toContain(said);
  });

  it('needs no index of subjects where nothing rests on consent', () => {
    expect(decide(provenanceOf({ basis: 'contract' }, { rowsWithoutSubject: 'unknown' })).verdict).toBe(
      'PASS',
    );
  });

  it('fails on what is known, whatever is not', () => {
    const provenance = provenanceOf({ licensed: false }, { rowsWithoutSubject: 'unknown' });
    expect(decide({ ...provenance, trainedOn: 0 }).verdict).toBe('FAIL');
  });

  it.each([
    ['a version that nobody counted', { ...provenanceOf(), datasetVersionIds: ['new'] }],
    ['fewer sources than were named', provenanceOf({}, { named: 2 })],
    ['a source of no kind', provenanceOf({ kind: 'hearsay' as never })],
    ['a basis that there is not', provenanceOf({ basis: 'because' as never })],
    ['a number that is none', provenanceOf({}, { withdrawn: Number.NaN })],
    [
      'a source twice, one of them broken',
      provenanceOf({}, { named: 2, sources: [sourceOf(), {} as never] }),
    ],
  ])('is an error on %s', (_name, provenance) => {
    expect(decide(provenance).verdict).toBe('ERROR');
  });

  it('is refused without a purpose, or to be decided on a point', () => {
    const parse = (rule: object) =>
      parseGatePolicy({
        apiVersion: 'assay/v1',
        kind: 'GatePolicy',
        metadata: { name: 'p' },
        spec: { rules: [{ id: 'a', ...rule }] },
      });
    expect(parse({ sources: {} })).toMatchObject({ ok: false });
    expect(parse({ sources: { purpose: 'x' }, decideOn: 'point' })).toMatchObject({
      ok: false,
      problems: [{ path: 'spec.rules[0].decideOn' }],
    });
    expect(parse({ sources: { purpose: 'x' } })).toMatchObject({ ok: true });
  });
});
