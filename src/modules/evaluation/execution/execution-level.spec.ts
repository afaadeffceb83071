import { describe, expect, it } from 'vitest';
import { executionLevel } from './execution-level.js';

const at = (url: string) => ({
  endpoint: { url, batchRows: 1, concurrency: 1, timeoutSeconds: 1 },
});

describe('what a run counts for', () => {
  it('is executed for a registered file, and for a server that the operator named', () => {
    expect(executionLevel({ endpoint: null }, [])).toBe('executed');
    expect(executionLevel(at('https://models.example/v2/models/m'), ['models.example'])).toBe('executed');
    expect(executionLevel(at('http://models.example:8000/v2/models/m'), ['models.example:8000'])).toBe(
      'executed',
    );
  });

  it('is recomputed for any other server', () => {
    const other = 'https://models.example/v2/models/m';
    for (const hosts of [[], ['example'], ['models.example:8000'], ['models.example.org']])
      expect(executionLevel(at(other), hosts)).toBe('recomputed');
  });
});
