import { startError } from './start-error.js';

/**
 * Files that a process must be allowed to have open. Node opens several hundred at once to read the modules of a server (more
 * than 640, fewer than 768), and reports the one too many as a module that does not exist; then come connections.
 */
const LEAST = 1024;

/** Run `program` where enough files may be opened for it. Else, or when its modules cannot be read, say why in a sentence and end. */
export async function withOpenFiles(program: () => Promise<unknown>): Promise<void> {
  const limit = limitOfOpenFiles();
  if (limit < LEAST) {
    return end(
      `Assay did not start: at most ${limit} files may be open, and it takes ${LEAST}. Raise the limit: ulimit -n 4096, or LimitNOFILE in systemd.`,
    );
  }
  await program().catch((error: unknown) => end(startError(error)));
}

/** Node has raised the soft limit to the hard one by now. */
function limitOfOpenFiles(): number {
  const { userLimits } = process.report.getReport() as {
    userLimits?: { open_files?: { soft: number | 'unlimited' } };
  };
  const limit = userLimits?.open_files?.soft;
  return typeof limit === 'number' ? limit : Number.POSITIVE_INFINITY;
}

function end(sentence: string): void {
  console.error(sentence);
  process.exit(1);
}
