import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

interface Answer {
  pass: number;
  integrated?: number;
  error?: string;
}

/** A sequencer that another process of the service would run, on the same database and with the same signing key. */
export class SequencerProcess {
  /** Leaves that this process put into the tree. */
  integrated = 0;
  private passes = 0;
  private readonly waiting = new Map<number, (answer: Answer) => void>();

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (answer: Answer) => {
      this.waiting.get(answer.pass)?.(answer);
      this.waiting.delete(answer.pass);
    });
  }

  static async start(databaseUrl: string, home: string): Promise<SequencerProcess> {
    const program = fileURLToPath(new URL('./sequencer.mjs', import.meta.url));
    const child = fork(program, [databaseUrl, home], { execArgv: [] });
    await once(child, 'message');
    return new SequencerProcess(child);
  }

  /** One pass. Throws what it threw there. */
  async pass(): Promise<void> {
    const pass = (this.passes += 1);
    const answered = new Promise<Answer>((resolve) => this.waiting.set(pass, resolve));
    this.child.send(pass);
    const { integrated = 0, error } = await answered;
    if (error !== undefined) throw new Error(error);
    this.integrated += integrated;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}
