/** Where progress is shown. */
export interface ProgressTarget {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** One line on a terminal that is drawn over and over; nothing at all elsewhere, so that CI logs stay readable. */
export class ProgressBar {
  private drawn = '';

  constructor(private readonly target: ProgressTarget) {}

  /** @param fraction of the work that is done, 0 to 1 */
  show(label: string, fraction: number): void {
    if (!this.target.isTTY) return;
    const line = drawBar(label, fraction, Math.min(this.target.columns || 80, 100));
    if (line === this.drawn) return;
    this.drawn = line;
    this.target.write(`\r${line}\u001b[K`);
  }

  clear(): void {
    if (this.drawn !== '') this.target.write('\r\u001b[K');
    this.drawn = '';
  }
}

/** `label [#####-----]  50%` in at most `width` columns. */
export function drawBar(label: string, fraction: number, width: number): string {
  const share = Math.min(1, Math.max(0, Number.isFinite(fraction) ? fraction : 0));
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  const room = Math.max(0, width - 40);
  const text = label.length > 30 ? `${label.slice(0, 29)}…` : label.padEnd(30);
  const filled = Math.round(room * share);
  return room < 5
    ? `${text}${percent}`
    : `${text} [${'#'.repeat(filled)}${'-'.repeat(room - filled)}] ${percent}`;
}
