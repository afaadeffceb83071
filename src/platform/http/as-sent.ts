import { Transform, Type } from 'class-transformer';

/**
 * A map of names to values that is kept as it was sent: class-transformer takes a member `constructor` for the class of the map, and
 * drops it, unless a type is given.
 */
export function AsSent(): PropertyDecorator {
  return (target, key) => {
    Type(() => Object)(target, key as string);
    Transform(({ obj }) => (obj as Record<string | symbol, unknown>)[key])(target, key);
  };
}
