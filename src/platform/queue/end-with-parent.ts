type Send = (message: unknown, ...rest: unknown[]) => boolean;

/**
 * End this process, a child of a worker, as soon as its parent is gone: what it does no longer counts. A parent that was killed closes
 * the channel and nothing more; that is heard when the channel is read. One that would rather send first has its message refused, and
 * BullMQ tries to tell its parent of that, which is refused, and so on for ever, without a look at the channel. So either ends it, at
 * once, even in the middle of a query.
 */
export function endWithParent(): void {
  const end = () => process.kill(process.pid, 'SIGKILL');
  process.on('disconnect', end);
  // It may have gone while imports were read, when nobody listened.
  if (!process.connected) end();
  const send = process.send!.bind(process) as Send;
  process.send = (message: unknown, ...rest: unknown[]) => {
    const told = rest.findLast((one) => typeof one === 'function') as
      | ((error: Error | null) => void)
      | undefined;
    return send(message, (error: Error | null) => (error ? end() : told?.(null)));
  };
}
