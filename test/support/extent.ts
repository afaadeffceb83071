/** True under `npm run test:faults`, which goes to full length; `npm test` runs a shorter form of the same tests. */
export const isLong = process.env.TEST_EXTENT === 'long';

/** How much of something a test does: `short` in `npm test`, `long` in `npm run test:faults`. */
export const extent = (short: number, long: number): number => (isLong ? long : short);

/** A number from the environment that repeats a run: `TEST_SEED=7 npm run test:faults`. */
export const SEED = Number(process.env.TEST_SEED ?? 20_261_123);
