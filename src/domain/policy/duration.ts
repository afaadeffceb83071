const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

export const DURATION = /^[1-9][0-9]{0,5}[smhd]$/;

/**
 * Evidence that is dated further ahead than this is not fresh: the clock was set back since, and nobody knows its true age.
 * Less is what two readings of one clock may differ by when it is set right by a little.
 */
export const CLOCK_SLACK_SECONDS = 60;

/** `30d`, `12h`, `90m`, `45s` in seconds. Expects text that matches DURATION. */
export function secondsOf(text: string): number {
  return Number(text.slice(0, -1)) * (SECONDS[text.slice(-1)] ?? Number.NaN);
}

/** Seconds in the largest unit that divides them: 2592000 is `30d`. */
export function durationText(seconds: number): string {
  for (const unit of ['d', 'h', 'm']) {
    const size = SECONDS[unit] ?? 1;
    if (seconds % size === 0) return `${seconds / size}${unit}`;
  }
  return `${seconds}s`;
}
