const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

export const DURATION = /^[1-9][0-9]{0,5}[smhd]$/;

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
