import { type ColumnType, isNumber } from '../canonical/index.js';

/** A split as far as its rows can be compared with those of another version. */
export interface ComparedSplit {
  columns: readonly { name: string; type: ColumnType; role: string }[];
  /** Its label is in no file that may be read. */
  sealed: boolean;
}

/** On which columns rows of a tested split are compared with rows that were trained on. */
export interface ComparedColumns {
  /** That both have, by name and with the types in each, which compare; the label last where both are open. Never a key. */
  shared: { name: string; test: ColumnType; training: ColumnType }[];
  /** Of the tested split, that the other lacks or has as another type: rows that agree in the rest may still differ. */
  missing: string[];
  /** Whether the label is among `shared`. */
  withLabel: boolean;
  /** The column that names rows in both; null: none does. */
  key: string | null;
  /** The column of the entity in the tested split, where the other has it too, as a type that compares. */
  entity: string | null;
}

/** Whether equal values are told to be equal: not those of a column that one version read as texts, however much they look alike. */
const compare = (one: ColumnType, other: ColumnType): boolean =>
  one === other || (isNumber(one) && isNumber(other));

/** Columns that rows of `test` and `training` can be told the same by. Pure. */
export function comparedColumns(test: ComparedSplit, training: ComparedSplit): ComparedColumns {
  const readable = new Map(
    training.columns
      .filter(({ role }) => role !== 'label' || !training.sealed)
      .map((column) => [column.name, column]),
  );
  const wanted = test.columns.filter(({ role }) => role !== 'key' && role !== 'label');
  const shared = wanted.flatMap(({ name, type }) => {
    const other = readable.get(name);
    return other && compare(type, other.type) ? [{ name, test: type, training: other.type }] : [];
  });
  const label = test.columns.find(({ role }) => role === 'label');
  const otherLabel = training.columns.find(({ role }) => role === 'label');
  const withLabel =
    shared.length > 0 &&
    !test.sealed &&
    !training.sealed &&
    !!label &&
    label.name === otherLabel?.name &&
    compare(label.type, otherLabel.type);
  const compared = new Set(shared.map(({ name }) => name));
  if (withLabel) shared.push({ name: label.name, test: label.type, training: otherLabel!.type });
  const named = (split: ComparedSplit, role: string) =>
    split.columns.find((column) => column.role === role)?.name ?? null;
  const key = named(test, 'key');
  const entity = named(test, 'group');
  return {
    shared,
    missing: wanted.filter(({ name }) => !compared.has(name)).map(({ name }) => name),
    withLabel,
    key: key !== null && key === named(training, 'key') ? key : null,
    entity: entity !== null && compared.has(entity) ? entity : null,
  };
}
