import { expectationOf, parseAs, TypeInference, type ColumnType } from '../../../domain/canonical/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import { NOT_GIVEN, typeOf, type GivenType } from './given-type.js';
import type { RowsFile } from './rows-file.js';
import { addForms, surelyFits, surelyType, type TextForms } from './text-forms.js';

interface Misfits {
  type: ColumnType;
  count: number;
  split: RowsFile['split'];
  row: number;
  value: string;
}

/** One column over the files of all splits: what it is inferred to be, or whether it is what it is said to be. */
export class ColumnPass {
  /** Where it came out as double only for some of its files: the pass that asks the others. */
  widened?: ColumnPass;
  private readonly inference = new TypeInference();
  /** Of the files whose texts tell something. */
  private readonly forms = new Map<RowsFile, TextForms>();
  private misfits?: Misfits;

  /** `declared`: the type that its texts are to have; undefined where that is to be found out. */
  constructor(
    private readonly name: string,
    readonly index: number,
    private readonly declared: ColumnType | undefined,
    private readonly isLabel: boolean,
  ) {}

  /** Whether the texts of a file tell anything: what a file gives as a type need not be read again. */
  wants(file: RowsFile): boolean {
    const given = this.givenBy(file);
    return given.kind !== 'typed' || given.mayMisfit === true || (this.declared ?? given.type) !== given.type;
  }

  know(file: RowsFile, forms: TextForms): void {
    this.forms.set(file, forms);
  }

  /** Whether each text of a file has to be asked, once the forms of all files are known. */
  mustRead(file: RowsFile): boolean {
    const forms = this.forms.get(file);
    if (forms === undefined) return false;
    const wanted = this.wantedOf(file);
    return wanted === undefined ? this.surely() === undefined : !surelyFits(wanted, forms);
  }

  /** Values of rows from `first`. Throws CSV_ENCODING for a NUL. */
  add(values: readonly (string | null)[], file: RowsFile, first: number): void {
    const wanted = this.wantedOf(file);
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value?.includes('\0')) throw nul(this.name, file, first + i);
      if (wanted === undefined) this.inference.add(value);
      else if (value !== null && !fits(wanted, value)) this.misfit(wanted, value, file, first + i);
    }
  }

  /** Throws DATASET_TYPE_MISMATCH, DATASET_TYPES_DIFFER. */
  finish(files: readonly RowsFile[]): ColumnType {
    if (this.misfits) throw mismatch(this.name, this.misfits, this.isLabel);
    if (this.declared !== undefined) return this.declared;
    const inferred = this.inferred();
    const given = files.map((file) => this.givenBy(file));
    const found = typeOf(given, inferred);
    if (found === null) throw differ(this.name, files, given, inferred);
    if (found === 'double' && given.some(({ kind }) => kind === 'typed'))
      this.widened = new ColumnPass(this.name, this.index, 'double', this.isLabel);
    return found;
  }

  /** The type that a file's texts are to have; undefined where they tell it. */
  private wantedOf(file: RowsFile): ColumnType | undefined {
    const given = this.givenBy(file);
    return this.declared ?? (given.kind === 'typed' ? given.type : undefined);
  }

  private surely(): ColumnType | null | undefined {
    const forms = [...this.forms]
      .filter(([file]) => this.wantedOf(file) === undefined)
      .map(([, each]) => each);
    return forms.length === 0 ? null : surelyType(forms.reduce(addForms));
  }

  private inferred(): ColumnType | null {
    const surely = this.surely();
    if (surely !== undefined) return surely;
    const { type, rows, nulls } = this.inference.finish();
    return rows === nulls ? null : type;
  }

  private givenBy(file: RowsFile): GivenType {
    return file.given?.[this.index] ?? NOT_GIVEN;
  }

  private misfit(type: ColumnType, value: string, file: RowsFile, row: number): void {
    if (this.misfits) this.misfits.count += 1;
    else this.misfits = { type, count: 1, split: file.split, row, value };
  }
}

function fits(type: ColumnType, text: string): boolean {
  try {
    parseAs(type, text);
    return true;
  } catch {
    return false;
  }
}

function mismatch(
  column: string,
  { type, count, split, row, value }: Misfits,
  isLabel: boolean,
): InvalidInputError {
  const found =
    split.sealed && isLabel
      ? 'a value (not shown: the split is sealed)'
      : JSON.stringify(value.slice(0, 100));
  const more = count > 1 ? `, the first of ${count} such values` : '';
  return new InvalidInputError(
    'DATASET_TYPE_MISMATCH',
    `split ${split.name}, row ${row}, column ${JSON.stringify(column)}: found ${found}${more}; expected ${expectationOf(type)}`,
    {
      remedy: `Correct the file, or declare ${JSON.stringify(column)} as text.`,
      split: split.name,
      row,
      column,
      count,
    },
  );
}

function differ(
  column: string,
  files: readonly RowsFile[],
  given: readonly GivenType[],
  inferred: ColumnType | null,
): InvalidInputError {
  const said = files.flatMap(({ split }, i) => {
    const each = given[i]!;
    if (each.kind === 'typed') return [`${each.type} in ${split.name}`];
    if (each.kind === 'digits') return [`numbers in ${split.name}`];
    if (each.kind === 'strings') return [`texts in ${split.name}`];
    return inferred === null ? [] : [`read as ${inferred} in ${split.name}`];
  });
  return new InvalidInputError(
    'DATASET_TYPES_DIFFER',
    `column ${JSON.stringify(column)} has no one type: ${said.slice(0, 10).join(', ')}`,
    { remedy: `Write it alike in all splits, or declare the type of ${JSON.stringify(column)}.`, column },
  );
}

function nul(column: string, file: RowsFile, row: number): InvalidInputError {
  return new InvalidInputError(
    'CSV_ENCODING',
    `split ${file.split.name}, row ${row}, column ${JSON.stringify(column)}: found a NUL character; expected text in UTF-8`,
    {
      remedy: 'Save the file as CSV in UTF-8 (UTF-16 shows up like this).',
      split: file.split.name,
      row,
      column,
    },
  );
}
