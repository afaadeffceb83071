import { describe, expect, it } from 'vitest';
import { COLUMNS, loadWageSurvey, toCsv } from './wage-survey.js';

describe('the wage survey', () => {
  const { medianWage, splits } = loadWageSurvey();

  it('has 534 people and a median wage of $7.78 an hour (Berndt 1991)', () => {
    expect(Object.values(splits).flat()).toHaveLength(534);
    expect(medianWage).toBe(7.78);
    expect(splits.south).toHaveLength(156);
  });

  it('has every person once', () => {
    const ids = Object.values(splits).flatMap((people) => people.map((person) => person.id));
    expect(new Set(ids).size).toBe(534);
  });

  it('splits the same way every time', () => {
    expect(loadWageSurvey().splits).toEqual(splits);
  });

  it('has no row of the holdout in train or validation', () => {
    const answers = (people: typeof splits.train) =>
      people.map(({ id: _id, above_median: _label, ...rest }) => JSON.stringify(rest));
    const seen = new Set([...answers(splits.train), ...answers(splits.validation)]);
    expect(answers(splits.holdout).filter((row) => seen.has(row))).toEqual([]);
  });

  it('writes CSV with a header and without the wage', () => {
    const lines = toCsv(splits.train).trimEnd().split('\n');
    expect(lines[0]).toBe(COLUMNS.join(','));
    expect(lines).toHaveLength(splits.train.length + 1);
    expect(lines.every((line) => line.split(',').length === COLUMNS.length)).toBe(true);
  });
});
