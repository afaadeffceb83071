import { Transform, Type } from 'class-transformer';

const AS_SENT = 'assay:asSent';

/**
 * A map of names to values that is kept as it was sent: class-transformer takes a member `constructor` for the class of the map, and
 * drops it, unless a type is given.
 */
export function AsSent(): PropertyDecorator {
  return (target, key) => {
    Reflect.defineMetadata(AS_SENT, true, target, key);
    Type(() => Object)(target, key as string);
    Transform(({ obj }) => (obj as Record<string | symbol, unknown>)[key])(target, key);
  };
}

/** Whether a field of a class is such a map. */
export function isAsSent(type: unknown, field: string): boolean {
  return typeof type === 'function' && Reflect.hasMetadata(AS_SENT, type.prototype as object, field);
}
