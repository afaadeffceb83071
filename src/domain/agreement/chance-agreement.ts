import { CONSTANT, NO_PAIRS, votesOf, type Agreement, type RatedUnit, type Scale } from './ratings.js';
import { rawAgreement } from './raw-agreement.js';

/** (observed - expected) / (1 - expected), expected from the pooled shares of all labels. */
function beyondPooledChance(units: readonly RatedUnit[], scale: Scale): Agreement {
  const observed = rawAgreement(units, scale);
  if (typeof observed !== 'number') return observed;
  const totals = new Array<number>(scale.categories.length).fill(0);
  let labels = 0;
  for (const unit of units)
    votesOf(unit, totals.length).forEach((count, k) => {
      totals[k]! += unit.weight * count;
      labels += unit.weight * count;
    });
  if (totals.filter((count) => count > 0).length < 2) return CONSTANT;
  const expected = totals.reduce((sum, count) => sum + (count / labels) ** 2, 0);
  return (observed - expected) / (1 - expected);
}

/** Scott's pi of two raters: chance by the labels of both together. Units that either left out are left out. Scott 1955. */
export function scottPi(units: readonly RatedUnit[], scale: Scale): Agreement {
  if (units.some(({ labels }) => labels.length !== 2)) throw new RangeError("Scott's pi is for two raters");
  return beyondPooledChance(
    units.filter(({ labels }) => !labels.includes(null)),
    scale,
  );
}

/** Fleiss' kappa of any number of raters, of whom each unit has equally many, two or more. Fleiss 1971. */
export function fleissKappa(units: readonly RatedUnit[], scale: Scale): Agreement {
  const held = units.filter(({ weight }) => weight > 0);
  if (held.length === 0) return NO_PAIRS;
  const sizes = new Set(held.map(({ labels }) => labels.filter((label) => label !== null).length));
  if (sizes.size > 1)
    return {
      undefinedBecause: `units have from ${Math.min(...sizes)} to ${Math.max(...sizes)} labels: Fleiss' kappa needs equally many, Krippendorff's alpha does not`,
    };
  return beyondPooledChance(held, scale);
}
