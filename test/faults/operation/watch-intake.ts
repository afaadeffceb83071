import { setTimeout as sleep } from 'node:timers/promises';
import { RawConnection } from '../../support/raw-bytes.js';

const PAUSE_MS = 10;

/** What became of requests on new connections, each made after the server was known to stop and before it had ended. */
export interface SeenOfIntake {
  /** The connection was refused, or closed without an answer. */
  closed: number;
  /** The answer was no success. */
  refused: number;
  /** The request was carried out. */
  taken: number;
}

/** Ask a server that `stops` again and again, each time on a new connection, as long as it `runs`. */
export async function watchIntake(
  url: string,
  stops: () => boolean,
  runs: () => boolean,
): Promise<SeenOfIntake> {
  const seen: SeenOfIntake = { closed: 0, refused: 0, taken: 0 };
  while (runs() && !stops()) await sleep(PAUSE_MS);
  while (runs()) {
    const connection = new RawConnection(url);
    connection.write('GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    const answer = await connection.untilClosed();
    if (answer === '') seen.closed += 1;
    else if (answer.startsWith('HTTP/1.1 2')) seen.taken += 1;
    else seen.refused += 1;
    await sleep(PAUSE_MS);
  }
  return seen;
}
