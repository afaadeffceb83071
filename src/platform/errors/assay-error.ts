/** What sort of mistake an error is. The transports map kinds to statuses; nothing else knows about HTTP. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'notFound'
  | 'conflict'
  | 'locked'
  | 'checksum'
  | 'version'
  | 'tooLarge'
  | 'tooSlow'
  | 'unsupported'
  | 'rateLimited'
  | 'unavailable'
  | 'internal';

export interface FieldProblem {
  /** Where: a JSON path, a column, a file and row. */
  path: string;
  message: string;
}

export interface ErrorDetails {
  /** What to do about it, in one sentence. */
  remedy?: string;
  fields?: FieldProblem[];
  /** Any further facts a client may act on. Never secrets, never sealed values. */
  [fact: string]: unknown;
}

/**
 * The base of every error that Assay raises on purpose.
 *
 * `code` is stable and part of the API (SCREAMING_SNAKE_CASE, e.g. `DATASET_KEY_DUPLICATED`). `message` says what was
 * found and what was expected, naming the culprit. `details.remedy` says what to do.
 */
export class AssayError extends Error {
  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** Input that is wrong whatever the state of the system. */
export class InvalidInputError extends AssayError {
  constructor(code: string, message: string, details?: ErrorDetails) {
    super('invalid', code, message, details);
  }
}

export class UnauthenticatedError extends AssayError {
  constructor(code: string, message: string, details?: ErrorDetails) {
    super('unauthenticated', code, message, details);
  }
}

export class ForbiddenError extends AssayError {
  constructor(code: string, message: string, details?: ErrorDetails) {
    super('forbidden', code, message, details);
  }
}

export class NotFoundError extends AssayError {
  constructor(code: string, message: string, details?: ErrorDetails) {
    super('notFound', code, message, details);
  }
}

/** Input that is right in itself but contradicts what is stored. */
export class ConflictError extends AssayError {
  constructor(code: string, message: string, details?: ErrorDetails) {
    super('conflict', code, message, details);
  }
}

/** What somebody else is working on at this moment. */
export class LockedError extends AssayError {
  constructor(code: string, message: string, details?: ErrorDetails) {
    super('locked', code, message, details);
  }
}

export class TooLargeError extends AssayError {
  constructor(code: string, message: string, details?: ErrorDetails) {
    super('tooLarge', code, message, details);
  }
}

/** A body that comes too slowly to be waited for. */
export class TooSlowError extends AssayError {
  constructor(code: string, message: string, details?: ErrorDetails) {
    super('tooSlow', code, message, details);
  }
}

/** A form of content that is not read here. */
export class UnsupportedError extends AssayError {
  constructor(code: string, message: string, details?: ErrorDetails) {
    super('unsupported', code, message, details);
  }
}

export class UnavailableError extends AssayError {
  constructor(code: string, message: string, details?: ErrorDetails) {
    super('unavailable', code, message, details);
  }
}
