import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from './client.js';
import type { Ledger, Traffic } from './ledger.js';
import { Random } from './random.js';
import type { RealServer } from './real-server.js';
import { KINDS, strike, type Kind } from './victims.js';
import { type Phase, Workload } from './workload.js';

const OPERATIONS = ['push', 'evaluation', 'gateCheck', 'promotion'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** One kill: of what, during what, and when. All of it follows from the seed and the number. */
export interface Point {
  number: number;
  kind: Kind;
  operation: Operation;
  /** The clock starts with this phase of the operation. */
  phase: Phase;
  delayMs: number;
  random: Random;
}

/** Every kind meets every operation within sixteen points. */
export function pointOf(number: number, seed: number): Point {
  const random = new Random(seed ^ Math.imul(number + 1, 0x9e3779b1));
  const operation = OPERATIONS[(number + Math.floor(number / KINDS.length)) % OPERATIONS.length]!;
  const phase: Phase =
    operation === 'promotion' ? 'sent' : random.pick(['sent', 'accepted', 'progress'] as const);
  const longest = { sent: operation === 'promotion' ? 60 : 1_200, accepted: 900, progress: 500 }[phase];
  return {
    number,
    kind: KINDS[number % KINDS.length]!,
    operation,
    phase,
    delayMs: Math.floor(random.next() * longest),
    random,
  };
}

export const describePoint = ({ number, kind, operation, phase, delayMs }: Point) =>
  `point ${number}: kill ${kind} ${delayMs} ms after ${operation} was ${phase}`;

/**
 * Kill one process in the middle of an operation, with two more clients at work, and wait until everything that was begun has
 * come to its end. Returns what was killed.
 */
export async function runPoint(
  point: Point,
  server: RealServer,
  ledger: Ledger,
  traffic: Traffic,
): Promise<string> {
  const client = () => new Client(() => server.address, ledger, traffic);
  const victimRandom = point.random.fork();
  let over = false;
  const others = [point.random.fork(), point.random.fork()].map(async (random) => {
    const workload = new Workload(client(), random);
    do await workload.anything();
    while (!over);
  });
  let reached: () => void = () => undefined;
  const moment = new Promise<void>((resolve) => (reached = resolve));
  const focus: Promise<unknown> = new Workload(client(), point.random.fork())[point.operation]((phase) => {
    if (phase === point.phase) reached();
  });
  const killed = (async () => {
    // An operation may be through before anybody saw it in this phase: then the moment is its end.
    await Promise.race([moment, focus]);
    await sleep(point.delayMs);
    return strike(point.kind, server, victimRandom);
  })().finally(() => (over = true));
  const ends = await Promise.allSettled([killed, focus, ...others]);
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
  if (failures.length > 0) throw new Error(failures.join('\n'));
  return (ends[0] as PromiseFulfilledResult<string>).value;
}
