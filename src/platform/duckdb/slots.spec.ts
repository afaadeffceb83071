import { describe, expect, it } from 'vitest';
import { Slots } from './slots.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('Slots', () => {
  it('lets no more in than there are, in the order they came', async () => {
    const slots = new Slots(2);
    const entered: number[] = [];
    const release: (() => void)[] = [];
    for (const n of [1, 2, 3, 4]) {
      void slots.take().then((give) => {
        entered.push(n);
        release.push(give);
      });
    }
    await turn();
    expect(entered).toEqual([1, 2]);
    release[0]!();
    await turn();
    expect(entered).toEqual([1, 2, 3]);
    release[1]!();
    await turn();
    expect(entered).toEqual([1, 2, 3, 4]);
  });

  it('counts a slot given back twice once', async () => {
    const slots = new Slots(1);
    const give = await slots.take();
    give();
    give();
    await slots.take();
    let second = false;
    void slots.take().then(() => (second = true));
    await turn();
    expect(second).toBe(false);
  });

  it('frees the place of a waiter that gives up', async () => {
    const slots = new Slots(1);
    const give = await slots.take();
    const gaveUp = new AbortController();
    const waiter = slots.take(gaveUp.signal);
    const next = slots.take();
    gaveUp.abort(new Error('no longer wanted'));
    await expect(waiter).rejects.toThrow('no longer wanted');
    give();
    await expect(next).resolves.toBeTypeOf('function');
  });

  it('refuses a signal that is already aborted', async () => {
    const slots = new Slots(1);
    await expect(slots.take(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });
});
