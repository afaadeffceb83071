/** A name in a JSON text that cannot be meant: one that stands twice in an object, or that JavaScript gives a meaning. */
export interface WrongName {
  name: string;
  why: 'repeated' | 'reserved';
}

/**
 * The first wrong name of a text that `JSON.parse` takes. Of a name that stands twice parsers keep one value each: a proxy may
 * have judged another one than Assay would.
 */
export function wrongName(json: string): WrongName | undefined {
  // One entry for each open bracket: the names so far of an object, null in an array.
  const open: (Set<string> | null)[] = [];
  let isName = false;
  for (let i = 0; i < json.length; i++) {
    switch (json[i]) {
      case '{':
        open.push(new Set());
        isName = true;
        break;
      case '[':
        open.push(null);
        isName = false;
        break;
      case '}':
      case ']':
        open.pop();
        isName = false;
        break;
      case ',':
        isName = open.at(-1) !== null;
        break;
      case ':':
        isName = false;
        break;
      case '"': {
        const end = endOfText(json, i);
        if (isName) {
          const name = JSON.parse(json.slice(i, end)) as string;
          const names = open.at(-1);
          if (name === '__proto__') return { name, why: 'reserved' };
          if (names?.has(name)) return { name, why: 'repeated' };
          names?.add(name);
        }
        i = end - 1;
      }
    }
  }
  return undefined;
}

/** Behind the closing quote of the text that starts at `start`. */
function endOfText(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}
