import type { RequestContext } from '../context/index.js';
import { newId } from '../database/index.js';

/** The context of a part of Assay that acts in a project by itself. It may read and write, and sees nothing sealed. */
export function systemContext(
  projectId: string,
  part: string,
  projectName = '',
  requestId: string = newId(),
): RequestContext {
  return {
    requestId,
    projectId,
    projectName,
    actor: { kind: 'system', id: part, name: part, permissions: new Set(['read', 'contribute']) },
  };
}
