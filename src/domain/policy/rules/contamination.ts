import { countAtom, undefinedAtom, type Expansion } from '../atom.js';
import type { LineageFacts } from '../gate-evidence.js';
import { CONTAMINATION_SCOPES, type ContaminationParameters } from '../gate-policy.js';
import { count } from '../phrase.js';
import { invalid } from '../policy-problem.js';
import type { RuleType } from '../rule-type.js';
import { lineageAtoms } from './lineage-atoms.js';

/** Whether facts answer this rule, and not another that asks for more or less. */
function asked(lineage: LineageFacts | undefined, { scope = 'lineage', entities }: ContaminationParameters) {
  return lineage?.scope === scope && lineage.ofEntities === (entities !== undefined);
}

/** "At most so many rows of a split stand exactly in what the model was trained on." A count, known without error. */
export const contaminationRule: RuleType<ContaminationParameters> = {
  type: 'contamination',
  description:
    'Rows of the second split that stand exactly in the first, and in all else that the model version and those it was made from were trained on.',
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
    entities: {
      kind: 'integer',
      min: 0,
      max: 1_000_000_000,
      description: 'How many rows of an entity (group column) that was trained on are allowed. Default: any.',
    },
    scope: {
      kind: 'choice',
      of: CONTAMINATION_SCOPES,
      description:
        'lineage (default): all that the lineage says was trained on. ancestors: also the versions those data derive from. version: the first split alone.',
    },
  },
  check({ scope, entities }, decideOn, path) {
    const problems = [];
    if (decideOn === 'point')
      problems.push(
        invalid(
          path.replace(/\.contamination$/, '.decideOn'),
          'point',
          'bound or nothing: a count is known without error',
        ),
      );
    if (scope === 'version' && entities !== undefined)
      problems.push(
        invalid(
          `${path}.entities`,
          String(entities),
          'the scope lineage or ancestors: within a version the check entity-leakage counts entities',
        ),
      );
    return problems;
  },
  needs: ({ between, scope = 'lineage', entities }) => [
    { kind: 'leakage', between, scope, entities: entities !== undefined },
  ],
  splitsOf: () => [],
  on: () => null,
  expand(parameters, evidence): Expansion {
    const { between, exact, scope = 'lineage' } = parameters;
    const [first, second] = between;
    const slice = { between };
    const within = scope === 'version' ? first : 'what was trained on';
    const subject = `the number of rows of ${second} that stand exactly in ${within}`;
    const remedy = `Remove the shared rows from ${scope === 'version' ? first : 'what is trained on'} or ${second}, push the dataset again, then train and evaluate anew.`;
    const base = { subject, caveats: [], failRemedy: remedy, unit: 'rows' };
    const facts = evidence.leakage.find(
      (each) =>
        each.between[0] === first &&
        each.between[1] === second &&
        (scope === 'version' || asked(each.lineage, parameters)),
    );
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
    const own = countAtom(slice, rows, total, exact, `${count(rows)} of ${count(total)} rows of ${second}`);
    const reference = { kind: 'datasetVersion' as const, id: facts.datasetVersionId, digest: facts.digest };
    if (scope === 'version') return { ...base, holds: [], references: [reference], atoms: [own] };
    const { atoms, holds, references } = lineageAtoms(parameters, facts.lineage);
    return { ...base, holds, references: [reference, ...references], atoms: [own, ...atoms] };
  },
};
