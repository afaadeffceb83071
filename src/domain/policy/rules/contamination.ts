import { countAtom, undefinedAtom, type Expansion } from '../atom.js';
import type { ContaminationParameters } from '../gate-policy.js';
import { count } from '../phrase.js';
import { invalid } from '../policy-problem.js';
import type { RuleType } from '../rule-type.js';

/** "At most so many rows of one split stand exactly in another." A count, known without error. */
export const contaminationRule: RuleType<ContaminationParameters> = {
  type: 'contamination',
  description: 'Rows of the second split that stand exactly in the first.',
  inline: false,
  notEnforced: ['nearAtMost'],
  fields: {
    between: {
      kind: 'texts',
      min: 2,
      max: 2,
      required: true,
      description: 'Two splits: what was trained on, and what is tested on.',
    },
    exact: {
      kind: 'integer',
      min: 0,
      max: 1_000_000_000,
      default: 0,
      description: 'How many identical rows are allowed.',
    },
  },
  check: (_parameters, decideOn, path) =>
    decideOn === 'point'
      ? [
          invalid(
            path.replace(/\.contamination$/, '.decideOn'),
            'point',
            'bound or nothing: a count is known without error',
          ),
        ]
      : [],
  needs: ({ between }) => [{ kind: 'leakage', between }],
  splitsOf: () => [],
  on: () => null,
  expand({ between, exact }, evidence): Expansion {
    const [first, second] = between;
    const slice = { between };
    const subject = `the number of rows of ${second} that stand exactly in ${first}`;
    const remedy = `Remove the shared rows from ${first} or ${second}, push the dataset again, then train and evaluate anew.`;
    const base = { subject, caveats: [], failRemedy: remedy, unit: 'rows' };
    const facts = evidence.leakage.find((each) => each.between[0] === first && each.between[1] === second);
    if (!facts || facts.exact === null || facts.exact.total === 0) {
      const reason = `shared rows of ${first} and ${second} were not counted in this dataset version`;
      return {
        ...base,
        atoms: [undefinedAtom(slice, 'atMost', exact, reason, '')],
        holds: [
          { reason, remedy: `Push a dataset version that has both ${first} and ${second}.`, open: true },
        ],
        references: [],
      };
    }
    const { rows, total } = facts.exact;
    if (!(Number.isSafeInteger(rows) && Number.isSafeInteger(total) && rows >= 0 && rows <= total))
      throw new RangeError(`${rows} of ${total} rows of ${second} cannot stand in ${first}`);
    return {
      ...base,
      holds: [],
      references: [{ kind: 'datasetVersion', id: facts.datasetVersionId, digest: facts.digest }],
      atoms: [countAtom(slice, rows, total, exact, `${count(rows)} of ${count(total)} rows of ${second}`)],
    };
  },
};
