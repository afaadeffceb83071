/**
 * Which parts of a JSON text are kept while it streams by. All else is read over: transcripts are a thousand times as long as the
 * scores in them.
 */
export type JsonShape =
  | WholeShape
  | NumberShape
  | KindShape
  | MembersShape
  | NamedShape
  | ListedShape
  | EitherShape;

/** Kept as it stands. */
interface WholeShape {
  is: 'whole';
}

/** Kept where it is a number or a truth value. */
interface NumberShape {
  is: 'number';
}

/** Not kept: `object`, `array`, `string`, `number` or `boolean` stands for it. */
interface KindShape {
  is: 'kind';
}

/** An object of known members, each with its shape, and of others, which have the shape `rest` if there is one. */
interface MembersShape {
  is: 'members';
  members: ReadonlyMap<string, JsonShape | null>;
  rest: JsonShape | null;
}

/** An object with members of any names. With `take`, each is handed over when it is complete, and forgotten. */
interface NamedShape {
  is: 'named';
  each: JsonShape;
  take?: TakeValue;
}

/** An array. With `take`, each element is handed over when it is complete, and forgotten. */
interface ListedShape {
  is: 'listed';
  each: JsonShape;
  take?: TakeValue;
}

/** Either an object or an array. */
interface EitherShape {
  is: 'either';
  object: JsonShape;
  array: JsonShape;
}

/** Where a value stands. */
export interface JsonPlace {
  /** From 1. */
  line: number;
  /** Names and positions that lead to it. */
  path: readonly (string | number)[];
  /** Both for a sentence, with the member of an archive. */
  text: string;
}

export type TakeValue = (value: unknown, place: JsonPlace) => void;

export const whole: JsonShape = { is: 'whole' };
export const number: JsonShape = { is: 'number' };
export const kind: JsonShape = { is: 'kind' };

export function members(of: Record<string, JsonShape | null>, rest: JsonShape | null = null): JsonShape {
  return { is: 'members', members: new Map(Object.entries(of)), rest };
}

export const named = (each: JsonShape, take?: TakeValue): JsonShape => ({ is: 'named', each, take });
export const listed = (each: JsonShape, take?: TakeValue): JsonShape => ({ is: 'listed', each, take });
export const either = (object: JsonShape, array: JsonShape): JsonShape => ({ is: 'either', object, array });
