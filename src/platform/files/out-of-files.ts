const WORDS = new Set(['EMFILE', 'ENFILE']);

/** Whether something failed because this process, or the machine, may open no more files. It passes: others close theirs. */
export function isOutOfFiles(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && WORDS.has(code);
}
