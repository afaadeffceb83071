import { scottPi, fleissKappa } from './chance-agreement.js';
import { cohenKappa, type KappaWeights } from './cohen-kappa.js';
import { krippendorffAlpha, type Level } from './krippendorff-alpha.js';
import { pairTable, type Agreement, type RatedUnit, type Scale } from './ratings.js';
import { rawAgreement } from './raw-agreement.js';

/** One way to say how far raters agree. */
export interface AgreementCoefficient {
  id: string;
  /** Raised whenever the number changes for the same labels. */
  version: number;
  label: string;
  formulaId: string;
  raters: 'two' | 'any';
  /** Whether the order of the categories, or their numbers, enter. */
  scale: 'categories' | 'order' | 'numbers';
  value(units: readonly RatedUnit[], scale: Scale): Agreement;
}

const kappa = (id: string, weights: KappaWeights, label: string): AgreementCoefficient => ({
  id,
  version: 1,
  label,
  formulaId: `cohen-kappa/${weights === 'none' ? 'unweighted' : weights}/pinned-categories`,
  raters: 'two',
  scale: weights === 'none' ? 'categories' : 'order',
  value: (units, { categories }) => cohenKappa(pairTable(units, categories.length), weights),
});

const alpha = (level: Level, scale: AgreementCoefficient['scale']): AgreementCoefficient => ({
  id: `alpha_${level}`,
  version: 1,
  label: `Krippendorff's alpha, ${level}`,
  formulaId: `krippendorff-alpha/${level}`,
  raters: 'any',
  scale,
  value: (units, of) => krippendorffAlpha(units, of, level),
});

/** Every coefficient of agreement. A new one is a new entry. */
export const AGREEMENT_COEFFICIENTS: readonly AgreementCoefficient[] = [
  {
    id: 'raw',
    version: 1,
    label: 'raw agreement',
    formulaId: 'raw-agreement/pairs/mean-over-units',
    raters: 'any',
    scale: 'categories',
    value: rawAgreement,
  },
  kappa('kappa', 'none', "Cohen's kappa"),
  kappa('kappa_linear', 'linear', "Cohen's kappa, linear weights"),
  kappa('kappa_quadratic', 'quadratic', "Cohen's kappa, quadratic weights"),
  {
    id: 'pi',
    version: 1,
    label: "Scott's pi",
    formulaId: 'scott-pi',
    raters: 'two',
    scale: 'categories',
    value: scottPi,
  },
  {
    id: 'fleiss',
    version: 1,
    label: "Fleiss' kappa",
    formulaId: 'fleiss-kappa',
    raters: 'any',
    scale: 'categories',
    value: fleissKappa,
  },
  alpha('nominal', 'categories'),
  alpha('ordinal', 'order'),
  alpha('interval', 'numbers'),
  alpha('ratio', 'numbers'),
];

/** The coefficients that are meant where labels are of a level of measurement, raw agreement first, for so many raters. */
export function coefficientsFor(level: Level, raters: number): AgreementCoefficient[] {
  const scales = { nominal: 'categories', ordinal: 'order', interval: 'numbers', ratio: 'numbers' } as const;
  return AGREEMENT_COEFFICIENTS.filter(
    ({ id, raters: of, scale }) =>
      id === 'raw' ||
      ((of === 'any' || raters === 2) &&
        (id.startsWith('alpha_') ? id === `alpha_${level}` : scale === scales[level])),
  );
}

/** Throws RangeError for a name that is not in the table. */
export function agreementCoefficient(id: string): AgreementCoefficient {
  const found = AGREEMENT_COEFFICIENTS.find((each) => each.id === id);
  if (!found)
    throw new RangeError(
      `unknown coefficient ${JSON.stringify(id)}, expected one of ${AGREEMENT_COEFFICIENTS.map((each) => each.id).join(', ')}`,
    );
  return found;
}
