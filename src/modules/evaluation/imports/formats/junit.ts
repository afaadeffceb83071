import { SaxesParser } from 'saxes';
import { AssayError } from '../../../../platform/errors/index.js';
import { type ImportCode, importError, shown } from '../import-errors.js';
import type { ImportLimits } from '../import-limits.js';
import type { ResultReader } from '../result-reader.js';
import { ResultsBuilder } from '../results-builder.js';
import { type TextSink, Utf8Text, wrongEncoding } from '../utf8-text.js';

const PLACE = 'the file';
/** What the parser says, without its place and without the words of the file that it quotes. */
const withoutNames = (message: string) => message.replace(/^\S*\d+:\d+: /, '').replace(/[:"'].*$/s, '');

/**
 * JUnit XML as test runners write it: a testcase is an item of the suite around it, passed unless it has a failure or an error;
 * what was skipped is unscored. There is no standard; read is what Ant, Maven Surefire, pytest and GoogleTest agree on.
 */
export const readJunit: ResultReader = async (source, limits) => {
  if (source.size > limits.xmlBytes) {
    throw importError(
      'IMPORT_FILE_TOO_LARGE',
      PLACE,
      `it has ${source.size} bytes; of XML at most ${limits.xmlBytes} are read`,
      'Import one file for each suite.',
    );
  }
  const builder = new ResultsBuilder('junit', limits);
  const text = new Utf8Text(new JunitText(builder, limits), PLACE);
  for await (const chunk of source.chunks()) text.write(chunk);
  text.end();
  return builder.finish({ formatVersion: null, model: null, status: 'completed' });
};

interface Suite {
  name: string;
  attributes: Record<string, string>;
  cases: number;
}

interface Case {
  attributes: Record<string, string>;
  where: string;
  result: 'passed' | 'failed' | 'error' | 'skipped';
}

/** The elements that say how a testcase ended; the first that says more than another counts. */
const ENDS: Readonly<Record<string, Case['result']>> = {
  failure: 'failed',
  error: 'error',
  skipped: 'skipped',
};

class JunitText implements TextSink {
  private readonly parser = new SaxesParser({ position: true, xmlns: false });
  private readonly suites: Suite[] = [];
  private open: Case | undefined;
  private depth = 0;

  constructor(
    private readonly builder: ResultsBuilder,
    private readonly limits: ImportLimits,
  ) {
    this.parser.on('error', ({ message }) => {
      throw this.error('IMPORT_XML_MALFORMED', withoutNames(message), 'Send well-formed XML.');
    });
    this.parser.on('doctype', () => {
      throw this.dtdRefused();
    });
    this.parser.on('xmldecl', ({ encoding }) => {
      if (encoding !== undefined && !/^(utf-?8|us-ascii)$/i.test(encoding))
        throw wrongEncoding(PLACE, `declared as ${shown(encoding)}`);
    });
    this.parser.on('opentag', ({ name, attributes }) => this.opened(name, attributes));
    this.parser.on('closetag', ({ name }) => this.closed(name));
  }

  write(text: string): void {
    try {
      this.parser.write(text);
    } catch (error) {
      throw error instanceof AssayError
        ? error
        : this.error('IMPORT_XML_MALFORMED', String(error), 'Send XML.');
    }
  }

  end(): void {
    this.parser.close();
  }

  private opened(name: string, attributes: Record<string, string>): void {
    this.depth += 1;
    if (this.depth > this.limits.depth)
      throw this.error(
        'IMPORT_TOO_DEEP',
        `nested deeper than ${this.limits.depth} levels`,
        'Send flatter XML.',
      );
    if (this.depth === 1 && name !== 'testsuites' && name !== 'testsuite')
      throw this.error(
        'IMPORT_FORMAT_MISMATCH',
        `the root element is ${shown(name)}; expected testsuites or testsuite`,
        'Send the JUnit report of the test run.',
      );
    if (name === 'testsuite') this.suites.push({ name: this.suiteName(attributes), attributes, cases: 0 });
    else if (name === 'testcase') {
      if (this.open)
        throw this.error('IMPORT_XML_MALFORMED', 'a testcase stands in another', 'Send JUnit XML.');
      this.open = { attributes, where: this.where(), result: 'passed' };
    } else if (this.open && this.open.result === 'passed' && Object.hasOwn(ENDS, name))
      this.open.result = ENDS[name]!;
  }

  private closed(name: string): void {
    this.depth -= 1;
    if (name === 'testcase' && this.open) {
      this.addCase(this.open);
      this.open = undefined;
    } else if (name === 'testsuite') this.addTotal(this.suites.pop()!);
  }

  private addCase({ attributes, where, result }: Case): void {
    const name = this.attribute(attributes, 'name');
    if (name === '')
      throw importError(
        'IMPORT_FIELD_MISSING',
        where,
        'the testcase has no name',
        'Give each testcase a name.',
      );
    const suite = this.suites.at(-1);
    if (suite) suite.cases += 1;
    const isSkipped = result === 'skipped' || attributes.status === 'notrun';
    const className = this.attribute(attributes, 'classname');
    const seconds = Number(attributes.time ?? Number.NaN);
    this.builder.add(
      {
        task: suite?.name ?? null,
        taskId: className === '' ? name : `${className} ${name}`,
        trial: 1,
        scores: { passed: isSkipped ? null : Number(result === 'passed') },
        ...(isSkipped
          ? { outcome: 'skipped' as const }
          : result === 'error'
            ? { outcome: 'error' as const }
            : {}),
        latencyMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null,
      },
      where,
    );
  }

  /** What the suite says of itself. A suite of suites counts theirs again. */
  private addTotal({ name, attributes, cases }: Suite): void {
    const [tests, ...others] = ['tests', 'failures', 'errors', 'skipped'].map((each) => attributes[each]);
    if (cases === 0 || tests === undefined || !/^\d{1,9}$/.test(tests)) return;
    const [failures = 0, errors = 0, skipped = 0] = others.map((each) =>
      each !== undefined && /^\d{1,9}$/.test(each) ? Number(each) : 0,
    );
    const n = Number(tests) - skipped;
    const value = n > 0 && failures + errors <= n ? (n - failures - errors) / n : null;
    this.builder.addTotal(
      { task: name, metric: 'passed', value, stderr: null, n: Math.max(0, n) },
      this.where(),
    );
  }

  private suiteName(attributes: Record<string, string>): string {
    const outer = this.suites.at(-1)?.name;
    const own = this.attribute(attributes, 'name') || 'testsuite';
    return outer === undefined ? own : `${outer} / ${own}`;
  }

  private attribute(attributes: Record<string, string>, name: string): string {
    const value = Object.hasOwn(attributes, name) ? attributes[name]! : '';
    const most = this.limits.textLength;
    if (value.length > most)
      throw this.error('IMPORT_TEXT_TOO_LONG', `${name} has more than ${most} characters`, 'Shorten it.');
    return value;
  }

  private where(): string {
    return `${PLACE}, line ${this.parser.line}`;
  }

  private error(code: ImportCode, what: string, remedy: string) {
    return importError(code, this.where(), what, remedy);
  }

  private dtdRefused() {
    return this.error(
      'IMPORT_XML_DTD_REFUSED',
      'there is a document type declaration, which could define entities',
      'Write the report without a DOCTYPE: no test runner needs one.',
    );
  }
}
