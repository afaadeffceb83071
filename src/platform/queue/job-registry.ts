import { Injectable } from '@nestjs/common';
import type { JobDefinition } from './job-definition.js';

/** The kinds of jobs there are. Modules register theirs when they start, in every process. */
@Injectable()
export class JobRegistry {
  private readonly definitions = new Map<string, JobDefinition>();

  /** Throws when the kind is taken. */
  register(definition: JobDefinition): void {
    if (this.definitions.has(definition.kind))
      throw new Error(`two jobs of kind ${definition.kind} are registered`);
    this.definitions.set(definition.kind, definition);
  }

  find(kind: string): JobDefinition | undefined {
    return this.definitions.get(kind);
  }

  get kinds(): string[] {
    return [...this.definitions.keys()].sort();
  }
}
