const LONGEST = 255;

/**
 * A client's file name as something to show: the last part of its path, without control characters and characters that
 * turn text around, at most 255 bytes. Empty or only dots: `upload`.
 */
export function safeFilename(name: string): string {
  const base = name.split(/[/\\]/).pop() ?? '';
  const visible = base
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '')
    .trim();
  return /^\.*$/.test(visible) ? 'upload' : truncate(visible);
}

function truncate(name: string): string {
  let cut = name;
  while (Buffer.byteLength(cut) > LONGEST) cut = [...cut].slice(0, -1).join('');
  return cut;
}
