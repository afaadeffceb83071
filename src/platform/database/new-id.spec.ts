import { describe, expect, it } from 'vitest';
import { newId } from './new-id.js';

describe('newId', () => {
  it('is a UUID of version 7 that begins with the time', () => {
    const now = Date.parse('2100-01-01T00:00:00Z');
    const id = newId(now);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(now);
  });

  it('sorts in the order of making, within a millisecond and when the clock goes back', () => {
    const now = Date.parse('2100-01-02T00:00:00Z');
    const ids = Array.from({ length: 20_000 }, (_, i) => newId(i % 7 === 0 ? now - 5_000 : now));
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
  });
});
