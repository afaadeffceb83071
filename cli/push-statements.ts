import { readText } from './local-file.js';
import { usageError } from './problem.js';

/** What a push says another tool calls the version. */
export interface DigestStatement {
  system: string;
  namespace?: string;
  name: string;
  digest: string;
  split?: string;
}

/** The file of `--columns`, as the server is to read it. */
export function readColumns(file: string): unknown {
  try {
    return JSON.parse(readText(file));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw usageError(`--columns ${file}: not JSON.`);
  }
}

/** `[SPLIT=]mlflow:NAME#DIGEST` or `[SPLIT=]openlineage:NAMESPACE#NAME#VERSION`; %23 stands for # and %25 for %. */
export function parseDigest(text: string): DigestStatement {
  const [, split, system, rest = ''] = /^(?:([^=:]+)=)?(mlflow|openlineage):(.*)$/s.exec(text) ?? [];
  const parts = rest.split('#').map((part) => part.replaceAll('%23', '#').replaceAll('%25', '%'));
  const [namespace, name, digest] = system === 'mlflow' ? [undefined, ...parts] : parts;
  const wanted = system === 'mlflow' ? 2 : 3;
  if (system === undefined || parts.length !== wanted || parts.includes(''))
    throw usageError(
      `--digest ${text}: expected mlflow:NAME#DIGEST or openlineage:NAMESPACE#NAME#VERSION, with SPLIT= before it or not.`,
    );
  return { system, namespace, name: name!, digest: digest!, split };
}
