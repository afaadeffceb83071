import { Injectable } from '@nestjs/common';
import { rewriteTables } from './rewrite-tables.js';

/** The files of the database, where Assay runs it itself. */
@Injectable()
export class DatabaseFiles {
  constructor(private readonly ownerUrl: string | undefined) {}

  /** Leaves nothing in them that is in no table any more. Those of a server of your own are yours: does nothing there. */
  async rewrite(): Promise<void> {
    if (this.ownerUrl !== undefined) await rewriteTables(this.ownerUrl);
  }
}
