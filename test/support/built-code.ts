import type { Plugin } from 'vitest/config';

/**
 * Tests that serve import `src` and `migrations`; they get what `npm run build` made of them, as the processes that they start do.
 * Node loads it as it is, in half the time that it takes to transform every module once more for each process.
 */
export function builtCode(): Plugin {
  return {
    name: 'assay:built-code',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (!source.startsWith('.') || !importer?.includes('/test/')) return null;
      const found = await this.resolve(source, importer, { skipSelf: true });
      const [, root, path] = /^(.*)\/((?:src|migrations)\/.*)\.ts$/.exec(found?.id ?? '') ?? [];
      return root === undefined ? null : { id: `${root}/dist/${path}.js`, external: true };
    },
  };
}
