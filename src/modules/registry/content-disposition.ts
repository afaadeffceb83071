/**
 * `attachment` with a file name that survives any browser (RFC 6266): plain ASCII for old ones, UTF-8 beside it. Nothing in
 * the name can end the header or begin another.
 */
export function attachment(filename: string): string {
  const ascii = filename
    .normalize('NFKD')
    .replaceAll(/[^\x20-\x7e]/g, '')
    .replaceAll(/["\\%]/g, '_')
    .trim();
  // Through UTF-8 and back: half a surrogate pair cannot be encoded.
  const encoded = encodeURIComponent(Buffer.from(filename).toString()).replaceAll(
    /['()*!]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii === '' ? 'artifact' : ascii}"; filename*=UTF-8''${encoded}`;
}
