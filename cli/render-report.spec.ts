import { expect, it } from 'vitest';
import { renderReport } from './render-report.js';

it('says ok per check, or where the first mistake is', () => {
  const checks = [{ name: 'entries', ok: true, detail: '3 in all' }];
  expect(renderReport({ ok: true, checks })).toBe('ok      entries: 3 in all\nverified');
  const culprit = { index: 2, field: 'leaf', reason: 'changed' };
  const failed = [...checks, { name: 'checkpoints', ok: false, detail: 'changed' }];
  expect(renderReport({ ok: false, checks: failed, culprit })).toBe(
    'ok      entries: 3 in all\nFAILED  checkpoints: changed\nNOT verified at entry 2',
  );
});
