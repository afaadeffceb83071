import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DatabaseFiles } from '../../platform/database/index.js';
import { EventSubscriptions } from '../../platform/queue/index.js';
import { SUBJECT_ERASED } from './erase-subject.job.js';

/** After an erasure, what the database's files still hold of it goes, too. */
@Injectable()
export class ErasedPages implements OnModuleInit {
  constructor(
    private readonly subscriptions: EventSubscriptions,
    private readonly files: DatabaseFiles,
  ) {}

  onModuleInit(): void {
    this.subscriptions.on(SUBJECT_ERASED, 'subjects.erased-pages', () => this.files.rewrite());
  }
}
