import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import type { Layout } from './layout.js';

// Ends at the end of its input, which comes when the parent goes, however it goes.
const SCRIPT = `
while read -r line; do [ "$line" = done ] && exit 0; done
pid=$(head -n 1 "$1/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid" && sleep 1
rm -rf "$2" "$3"`;

/**
 * Watch over a server whose data nobody needs after this process: should it be killed, the server is stopped and its data,
 * and `home`, removed. Returns the function that calls the watch off, for those who clean up themselves.
 */
export function guard(layout: Layout, home: string): () => void {
  const place = layout.user ? dirname(layout.data) : layout.data;
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'assay-guard', layout.data, place, home], {
    cwd: '/',
    // Ctrl-C is for the parent, which may want to clean up itself.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return () => child.stdin.end('done\n');
}
