/** Values that wait for their partner. JSON-serialisable. */
export interface StreamPairingState {
  /** Control values since the last pair. */
  controls: number;
  controlSum: number;
  /** Canary values that no control has followed yet, oldest first. */
  held: number[];
}

/** A canary value and the mean of the control values that it is held against, each in [0, 1]. */
export interface StreamPair {
  canary: number;
  control: number;
}

/**
 * Pairs a canary with a control that receives another share of the traffic: each canary value meets the mean of the control values that
 * arrived since the last pair, and waits for the next one if there were none. Which arm a request goes to must not depend on its
 * outcome. STATISTICS, section 5.
 */
export class StreamPairing {
  private readonly waiting: StreamPairingState;

  constructor(state: StreamPairingState = { controls: 0, controlSum: 0, held: [] }) {
    this.waiting = { ...state, held: [...state.held] };
  }

  /** A canary value: its pair, or null while it waits. */
  canary(value: number): StreamPair | null {
    checkValue(value);
    const { controls, controlSum, held } = this.waiting;
    if (controls === 0) {
      held.push(value);
      return null;
    }
    this.waiting.controls = 0;
    this.waiting.controlSum = 0;
    // Rounding of a sum of ones must not leave the range.
    return { canary: value, control: Math.min(1, controlSum / controls) };
  }

  /** A control value: the pair with the longest waiting canary value, or null where none waits. */
  control(value: number): StreamPair | null {
    checkValue(value);
    const oldest = this.waiting.held.shift();
    if (oldest !== undefined) return { canary: oldest, control: value };
    this.waiting.controls++;
    this.waiting.controlSum += value;
    return null;
  }

  state(): StreamPairingState {
    return { ...this.waiting, held: [...this.waiting.held] };
  }
}

function checkValue(value: number): void {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`expected a value in [0, 1], found ${value}`);
}
