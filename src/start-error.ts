import type { AssayConfig } from './platform/config/index.js';

const NO_SPACE = /ENOSPC|EDQUOT|no space left on device|disk quota exceeded/i;

/** Why a server did not start, in a sentence for whoever started it, with what to do. */
export function startError(error: unknown, config?: AssayConfig): string {
  const { code, path, message = String(error) } = error as NodeJS.ErrnoException;
  if (config && code === 'EADDRINUSE') {
    return `Port ${config.port} on ${config.host} is taken. Stop what listens there, or choose another: ASSAY_PORT=4651, or --port 4651.`;
  }
  if (config && (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')) {
    return `Assay cannot listen on ${config.host}:${config.port} (${code}). Change ASSAY_HOST or ASSAY_PORT.`;
  }
  if (config && code === 'EACCES' && path === undefined) {
    return `Assay may not listen on ${config.host}:${config.port} (${code}). Change ASSAY_PORT: ports below 1024 are for root.`;
  }
  if (NO_SPACE.test(`${code} ${message}`)) {
    return `Assay did not start: the disk is full${path === undefined ? '' : ` (${path})`}. Free space, then start again; nothing was lost. ${detail(message)}`;
  }
  if (code === 'EMFILE' || code === 'ENFILE') {
    return `Assay did not start: no more files may be opened (${code}). Raise the limit: ulimit -n 4096, or LimitNOFILE in systemd.`;
  }
  return `Assay did not start: ${message}`;
}

const detail = (message: string) =>
  message
    .split('\n')
    .find((line) => NO_SPACE.test(line))
    ?.trim() ?? '';
