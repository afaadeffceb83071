/** People per race and sex: true positives, false positives, false negatives, true negatives. */
export type CompasCell = [race: string, sex: string, tp: number, fp: number, fn: number, tn: number];

/**
 * COMPAS as cells: 7,214 people, label = two-year recidivism, prediction = medium or high score (ProPublica 2016, in the form of
 * Aequitas's `compas_for_aequitas.csv`). Counts are all that rates and their intervals depend on.
 */
export const COMPAS_CELLS: CompasCell[] = [
  ['African-American', 'Female', 173, 164, 74, 241],
  ['African-American', 'Male', 1196, 641, 458, 749],
  ['Asian', 'Female', 0, 0, 1, 1],
  ['Asian', 'Male', 6, 2, 2, 20],
  ['Caucasian', 'Female', 113, 111, 86, 257],
  ['Caucasian', 'Male', 392, 238, 375, 882],
  ['Hispanic', 'Female', 9, 7, 24, 63],
  ['Hispanic', 'Male', 94, 80, 105, 255],
  ['Native American', 'Female', 3, 0, 0, 1],
  ['Native American', 'Male', 6, 3, 1, 4],
  ['Other', 'Female', 5, 6, 10, 46],
  ['Other', 'Male', 38, 30, 80, 162],
];
