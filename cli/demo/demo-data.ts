import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetVersionAnswer } from '../api-types.js';
import { pushDataset } from '../commands/dataset.js';
import type { Session } from '../session.js';
import type { Narrator } from './narrator.js';
import { loadWageSurvey, SURVEY_PACKAGE, toCsv, type SplitName, type WageSurvey } from './wage-survey.js';
import { table } from '../table.js';

export const DATASET = 'wages-1985';

const ROLES: Record<SplitName, { option: string; about: string }> = {
  train: { option: 'train', about: 'models learn from it' },
  validation: { option: 'validation', about: 'open: engineers may look at every number' },
  holdout: { option: 'holdout', about: 'labels sealed: only Assay sees them' },
  south: { option: 'cross_domain:south', about: 'another region, labels sealed' },
};

export interface DemoData {
  survey: WageSurvey;
  version: DatasetVersionAnswer;
}

/** Writes the survey's splits as CSV and pushes them. */
export async function pushSurvey(session: Session, folder: string, narrator: Narrator): Promise<DemoData> {
  const survey = loadWageSurvey();
  narrator.chapter('The data');
  narrator.paragraph(
    `534 people of the Current Population Survey of 1985 (${SURVEY_PACKAGE}). The question: does this person earn more ` +
      `than the median wage of $${survey.medianWage.toFixed(2)} an hour? Half of the people outside the South are kept ` +
      `back as a sealed holdout; the South is a region of its own.`,
  );
  const files: string[] = [];
  for (const [name, people] of Object.entries(survey.splits) as [
    SplitName,
    WageSurvey['splits'][SplitName],
  ][]) {
    const file = join(folder, `${name}.csv`);
    await writeFile(file, toCsv(people));
    files.push(`${ROLES[name].option}=${file}`);
  }
  const version = await pushDataset(session, DATASET, {
    split: files,
    key: 'id',
    label: 'above_median',
    protected: 'gender,race',
  });
  narrator.block(
    table(
      ['split', 'people', 'above median', 'women', ''],
      (Object.keys(survey.splits) as SplitName[]).map((name) => {
        const people = survey.splits[name];
        const count = (is: (person: (typeof people)[number]) => boolean) => String(people.filter(is).length);
        return [
          name,
          String(people.length),
          count((person) => person.above_median === 1),
          count((person) => person.gender === 'female'),
          ROLES[name].about,
        ];
      }),
    ),
  );
  narrator.block(`${version.dataset}@${version.version}, content id ${version.contentId}`);
  return { survey, version };
}
