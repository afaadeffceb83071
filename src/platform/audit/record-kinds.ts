import { Injectable } from '@nestjs/common';
import type { RecordKind } from './record-kind.js';

/** Whether a stored thing beside the tables, such as a file, is what its name says: its name, and null or what is wrong. */
export interface StoredThing {
  kind: string;
  id: string;
  problem: string | null;
}

/** What the log vouches for. Each module registers its own kinds when it is made. */
@Injectable()
export class RecordKinds {
  private readonly byName = new Map<string, RecordKind>();
  private readonly checks: (() => AsyncIterable<StoredThing>)[] = [];

  register(...kinds: RecordKind[]): void {
    for (const kind of kinds) {
      if (this.byName.has(kind.name)) throw new Error(`two kinds of record are named ${kind.name}`);
      this.byName.set(kind.name, kind);
    }
  }

  /** Have things checked that no row holds whole. Called for the project of the current context. */
  registerCheck(check: () => AsyncIterable<StoredThing>): void {
    this.checks.push(check);
  }

  get all(): RecordKind[] {
    return [...this.byName.values()];
  }

  get allChecks(): (() => AsyncIterable<StoredThing>)[] {
    return [...this.checks];
  }
}
