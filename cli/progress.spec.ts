import { describe, expect, it } from 'vitest';
import { drawBar, ProgressBar } from './progress.js';

describe('ProgressBar', () => {
  const target = (isTTY: boolean) => {
    const written: string[] = [];
    return { isTTY, columns: 80, written, write: (text: string) => written.push(text) };
  };

  it('writes nothing where there is no terminal', () => {
    const ci = target(false);
    const bar = new ProgressBar(ci);
    bar.show('uploading', 0.5);
    bar.clear();
    expect(ci.written).toEqual([]);
  });

  it('draws a line once and clears it', () => {
    const terminal = target(true);
    const bar = new ProgressBar(terminal);
    bar.show('uploading', 0.5);
    bar.show('uploading', 0.5);
    bar.clear();
    expect(terminal.written).toHaveLength(2);
    expect(terminal.written[1]).toBe('\r\u001b[K');
  });
});

it.each([0, 0.5, 1, 2, -1, Number.NaN])('a bar for %d fits in its width', (fraction) => {
  expect(drawBar('a label that is much too long for its place', fraction, 80).length).toBeLessThanOrEqual(80);
});
