/** There is no such number, and why. Never 0, and nothing passes on it. */
export interface NotDefined {
  defined: false;
  reason: string;
}

export function notDefined(reason: string): NotDefined {
  return { defined: false, reason };
}
