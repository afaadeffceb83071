import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';

/** One person of the survey, as the npm package ships it. Flags are 0/1; the package's own coding is kept. */
export interface Respondent {
  education: number;
  experience: number;
  age: number;
  union: number;
  married: number;
  south: number;
  wage: number;
  gender: string;
  race: string;
  occupation: string;
  sector: string;
}

/** A person as a row of the demo's data set: an id, what was asked, and whether they earn above the median. */
export interface Person extends Omit<Respondent, 'south' | 'wage'> {
  id: number;
  /** 1 when the hourly wage is above the survey's median, else 0. */
  above_median: 0 | 1;
}

export type SplitName = 'train' | 'validation' | 'holdout' | 'south';

export interface WageSurvey {
  /** Dollars an hour, 1985. */
  medianWage: number;
  splits: Record<SplitName, Person[]>;
}

export const SURVEY_PACKAGE = '@stdlib/datasets-berndt-cps-wages-1985';

export const COLUMNS = [
  'id',
  'education',
  'experience',
  'age',
  'union',
  'married',
  'occupation',
  'sector',
  'gender',
  'race',
  'above_median',
] as const;

const SEED = 'cps-1985';

/** Shares of the people outside the South. Much goes to the holdout: it is what a decision is made from. */
const SHARES: [SplitName, number][] = [
  ['train', 0.35],
  ['validation', 0.15],
  ['holdout', 0.5],
];

/**
 * The Current Population Survey of May 1985 (Berndt 1991): 534 people, their schooling, work and hourly wage.
 *
 * The question of the demo is "does this person earn more than the median hourly wage?". People in the South are a
 * domain of their own; everybody else is drawn into train, validation and holdout by a fixed seed. People whose answers
 * are equal in every column are always drawn together, so no row of the holdout stands in train.
 */
export function loadWageSurvey(): WageSurvey {
  const survey = createRequire(import.meta.url)(SURVEY_PACKAGE) as () => Respondent[];
  return splitSurvey(survey());
}

/** Splits the respondents as `loadWageSurvey` describes; the same people always give the same splits. */
export function splitSurvey(respondents: Respondent[]): WageSurvey {
  const wages = respondents.map((person) => person.wage).sort((a, b) => a - b);
  const medianWage =
    (wages[Math.floor((wages.length - 1) / 2)]! + wages[Math.ceil((wages.length - 1) / 2)]!) / 2;
  const splits: WageSurvey['splits'] = { train: [], validation: [], holdout: [], south: [] };
  respondents.forEach(({ south, wage, ...answers }, index) => {
    const person: Person = { id: index + 1, ...answers, above_median: wage > medianWage ? 1 : 0 };
    splits[south === 1 ? 'south' : drawSplit(person)].push(person);
  });
  return { medianWage, splits };
}

/** The people as CSV with a header, columns in the order of `COLUMNS`. */
export function toCsv(people: Person[]): string {
  const lines = people.map((person) => COLUMNS.map((column) => String(person[column])).join(','));
  return [COLUMNS.join(','), ...lines].join('\n') + '\n';
}

function drawSplit(person: Person): SplitName {
  const { id: _id, above_median: _label, ...answers } = person;
  const digest = createHash('sha256')
    .update(`${SEED}\0${JSON.stringify(answers)}`)
    .digest();
  let rest = digest.readUInt32BE(0) / 2 ** 32;
  for (const [name, share] of SHARES) {
    if (rest < share) return name;
    rest -= share;
  }
  return 'holdout';
}
