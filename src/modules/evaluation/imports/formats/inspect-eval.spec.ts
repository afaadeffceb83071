import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { AssayError } from '../../../../platform/errors/index.js';
import type { ImportLimits } from '../import-limits.js';
import { sourceOfBytes } from '../import-source.js';
import { readResults } from '../read-results.js';
import { zipOf, type Member } from '../zip/zip-fixture.js';

const HEADER = JSON.stringify({
  version: 2,
  status: 'success',
  eval: { task: 'guide', model: 'm' },
  results: { scores: [{ name: 'match', metrics: { accuracy: { name: 'accuracy', value: 0.5 } } }] },
});
const header = { name: 'header.json', content: HEADER };
const sample = (id: string, epoch: number, value: string): Member => ({
  name: `samples/${id}_epoch_${epoch}.json`,
  content: JSON.stringify({ id, epoch, scores: { match: { value } }, messages: ['x'.repeat(100)] }),
});

// Made by `zstd -19 --no-check` and `zstd -3 --check` (1.5.5) of the text beside them.
const ZSTD_TEXT = JSON.stringify({ id: 'b', epoch: 1 })
  .replace(
    '"epoch":1',
    `"epoch": 1, "scores": {"match": {"value": "I"}}, "messages": [{"role": "user", "content": "${'again and '.repeat(60)}"}]`,
  )
  .replace('"id":"b",', '"id": "b", ');
const ZSTD = {
  plain:
    'KLUv/WDDAfUCAGJGExKQzwECLW6s8OSAmjr0KCeZ2UO55HeCpmEzy7zFK1QVRvQGn4paF+cxWYZS9d4g54+3uLLOXIaqecctTtWMiL5BaHGGolRv8PMWT+04BAAtecsB1QqlpKVXKQM=',
  checked:
    'KLUv/WTDASUDAKIFExiQN22SfxMUKMJMd0mjAn7+RenIPF1/zAE72Ju48hlVVDpLhwdZJgeiq6CoTEPusvuAJUcdrqmQq83TEJ68C8DmhYMGu8sJtzlhXAMHAEtaCk01IwUjQLVCKflShble8wlDnrnn',
};
const zstd = (packed: Buffer, more: object = {}): Member => ({
  name: 'samples/b_epoch_1.json',
  content: ZSTD_TEXT,
  method: 93,
  packed,
  ...more,
});

const read = (archive: Buffer, limits?: Partial<ImportLimits>) =>
  readResults(sourceOfBytes(archive), { limits });
const refused = (archive: Buffer, limits?: Partial<ImportLimits>) =>
  read(archive, limits).then(
    (results) => Promise.reject(new Error(`it was taken: ${JSON.stringify(results)}`)),
    ({ code, message }: AssayError) => ({ code, message }),
  );

describe('Inspect, .eval', () => {
  it('reads header and samples, stored and deflated, whatever else lies there', async () => {
    const results = await read(
      zipOf([
        { name: '_journal/start.json', content: HEADER },
        sample('a', 1, 'C'),
        { ...sample('a', 2, 'I'), method: 0 },
        { name: 'summaries.json', content: 'not JSON' },
        { name: 'samples/', content: '', method: 0 },
        header,
      ]),
    );
    expect(results).toMatchObject({
      format: 'inspect-eval',
      formatVersion: '2',
      tasks: ['guide'],
      model: 'm',
      status: 'completed',
      items: [
        { task: 'guide', taskId: 'a', trial: 1, scores: { match: 1 } },
        { task: 'guide', taskId: 'a', trial: 2, scores: { match: 0 } },
      ],
      totals: [{ task: 'guide', metric: 'match accuracy', value: 0.5 }],
    });
  });

  it.each([
    ['without a checksum', [ZSTD.plain]],
    ['with a checksum', [ZSTD.checked]],
  ])('reads members that zstd packed, %s', async (_what, [frame]) => {
    expect(ZSTD_TEXT).toHaveLength(707);
    const packed = Buffer.from(frame!, 'base64');
    expect((await read(zipOf([zstd(packed), header]))).items).toMatchObject([
      { taskId: 'b', outcome: 'failed' },
    ]);
    // Frames that are to be passed over may stand between others.
    const passed = Buffer.from('502a4d1803000000414243', 'hex');
    expect((await read(zipOf([zstd(Buffer.concat([passed, packed, passed])), header]))).items).toHaveLength(
      1,
    );
  });

  it('takes what a killed run had finished, and says that it is incomplete', async () => {
    const start = { name: '_journal/start.json', content: HEADER };
    expect(await read(zipOf([start, sample('a', 1, 'C')]))).toMatchObject({
      status: 'incomplete',
      items: [{ taskId: 'a' }],
    });
  });

  const bytes = Buffer.from(ZSTD.plain, 'base64');
  const lying = (at: number, value: number) => Buffer.from(bytes).fill(value, at, at + 1);
  it.each<[string, Member[], string, string]>([
    [
      'a name that leads out',
      [header, { name: '../../etc/passwd' }],
      'IMPORT_ZIP_MEMBER_NAME',
      '../../etc/passwd',
    ],
    [
      'a name that leads out in the middle',
      [header, { name: 'samples/../../x' }],
      'IMPORT_ZIP_MEMBER_NAME',
      '".."',
    ],
    ['an absolute name', [header, { name: '/etc/passwd' }], 'IMPORT_ZIP_MEMBER_NAME', 'absolute'],
    ['a drive', [header, { name: 'C:/x' }], 'IMPORT_ZIP_MEMBER_NAME', 'absolute'],
    ['a backslash', [header, { name: '..\\x' }], 'IMPORT_ZIP_MEMBER_NAME', 'backslash'],
    ['a member that stands twice', [header, header], 'IMPORT_ZIP_MEMBER_REPEATED', 'header.json'],
    ['an encrypted member', [{ ...header, flags: 0x801 }], 'IMPORT_ZIP_MEMBER_ENCRYPTED', 'header.json'],
    ['another compression', [{ ...header, method: 14 }], 'IMPORT_ZIP_COMPRESSION_UNKNOWN', 'method 14'],
    [
      'a member that is damaged',
      [{ ...header, packed: deflateRawSync(Buffer.from(HEADER)).fill(0xff, 10, 12) }],
      'IMPORT_ZIP_MEMBER_CORRUPT',
      'header.json',
    ],
    [
      'a member that is cut off',
      [{ ...header, packed: deflateRawSync(Buffer.from(HEADER)).subarray(0, -9) }],
      'IMPORT_ZIP_MEMBER_CORRUPT',
      'header.json',
    ],
    ['a checksum that is another', [{ ...header, sum: 1 }], 'IMPORT_ZIP_MEMBER_CORRUPT', 'checksum'],
    [
      'a member that is longer than it says',
      [{ ...header, unpackedBytes: 5 }],
      'IMPORT_ZIP_MEMBER_CORRUPT',
      'more than the 5 bytes',
    ],
    [
      'a member that is shorter than it says',
      [{ ...header, unpackedBytes: 5_000 }],
      'IMPORT_ZIP_MEMBER_CORRUPT',
      'the archive says 5000',
    ],
    [
      'a zstd frame that is cut off',
      [header, zstd(bytes.subarray(0, -4))],
      'IMPORT_ZIP_MEMBER_CORRUPT',
      'middle of a frame',
    ],
    [
      'a zstd stream of something else',
      [header, zstd(Buffer.from(ZSTD_TEXT))],
      'IMPORT_ZIP_MEMBER_CORRUPT',
      'mark of zstd',
    ],
    [
      'a zstd frame with a reserved bit',
      [header, zstd(lying(4, 0x68))],
      'IMPORT_ZIP_MEMBER_CORRUPT',
      'reserved bit',
    ],
    // Descriptor without single segment: the next byte asks for a window of 2 GiB.
    [
      'a zstd frame that asks for much memory',
      [header, zstd(Buffer.from('28b52ffd00a8', 'hex'))],
      'IMPORT_ZIP_MEMBER_CORRUPT',
      'window of 2147483648',
    ],
    [
      'a second zstd frame that asks for much memory',
      [header, zstd(Buffer.concat([bytes, Buffer.from('28b52ffd00a8', 'hex')]))],
      'IMPORT_ZIP_MEMBER_CORRUPT',
      'window',
    ],
    [
      'a zstd frame that needs a dictionary',
      [header, zstd(Buffer.from('28b52ffd2105c3', 'hex'))],
      'IMPORT_ZIP_MEMBER_CORRUPT',
      'dictionary',
    ],
    [
      'a trial that stands twice',
      [header, sample('a', 1, 'C'), { ...sample('a', 1, 'C'), name: 'samples/other.json' }],
      'IMPORT_ITEM_REPEATED',
      'samples/other.json',
    ],
    [
      'a sample that is cut off',
      [header, { name: 'samples/a_epoch_1.json', content: '{"id":1,' }],
      'IMPORT_JSON_TRUNCATED',
      'samples/a_epoch_1.json',
    ],
    [
      'a sample that is not UTF-8',
      [header, { name: 'samples/a_epoch_1.json', content: Buffer.from('{"id":"\xe9"}', 'latin1') }],
      'IMPORT_ENCODING_WRONG',
      'samples/a_epoch_1.json',
    ],
    [
      'an archive of something else',
      [{ name: 'readme.txt', content: 'x' }],
      'IMPORT_FORMAT_UNKNOWN',
      'Inspect',
    ],
  ])('refuses %s', async (_what, members, code, words) => {
    const { code: found, message } = await refused(zipOf(members));
    expect(found).toBe(code);
    expect(message).toContain(words);
  });

  it('refuses an archive that is cut off anywhere', async () => {
    const archive = zipOf([header, sample('a', 1, 'C')]);
    for (let length = 2; length < archive.length; length += 7) {
      const { code } = await refused(archive.subarray(0, length));
      expect(code).toBe('IMPORT_ZIP_MALFORMED');
    }
  });

  it('refuses bombs before it unpacks them', async () => {
    const zeros = Buffer.alloc(200_000);
    const bomb = { name: 'samples/z_epoch_1.json', content: zeros };
    const archive = zipOf([bomb, header]);
    expect(await refused(archive, { ratioFrom: 100_000 })).toMatchObject({
      code: 'IMPORT_ZIP_BOMB',
      message: expect.stringContaining('more than 250 times') as string,
    });
    expect(await refused(archive, { memberBytes: 199_999 })).toMatchObject({ code: 'IMPORT_ZIP_BOMB' });
    expect(await refused(archive, { unpackedBytes: 200_000 })).toMatchObject({ code: 'IMPORT_ZIP_BOMB' });
    expect(await refused(archive, { entries: 1 })).toMatchObject({ code: 'IMPORT_ZIP_TOO_MANY_MEMBERS' });
    const packed = deflateRawSync(zeros);
    const shared = Array.from({ length: 9 }, (_, i) => ({
      ...bomb,
      packed,
      name: `samples/${i}.json`,
      offset: 0,
    }));
    expect(await refused(zipOf([bomb, ...shared]))).toMatchObject({
      code: 'IMPORT_ZIP_BOMB',
      message: expect.stringContaining('larger together than the archive') as string,
    });
  });

  it('stops a member where its length ends, also where the frame goes on for ever', async () => {
    // Blocks of 128 KiB in four bytes each, a thousand times.
    const block = Buffer.from([0x02, 0x00, 0x10, 0x20]);
    const frame = Buffer.concat([
      Buffer.from('28b52ffd0050', 'hex'),
      ...Array.from({ length: 1_000 }, () => block),
    ]);
    expect(await refused(zipOf([header, zstd(frame, { content: ' '.repeat(1_000) })]))).toMatchObject({
      code: 'IMPORT_ZIP_MEMBER_CORRUPT',
      message: expect.stringContaining('more than the 1000 bytes') as string,
    });
  });

  it('refuses a member that does not lie where the directory says', async () => {
    const archive = zipOf([header, sample('a', 1, 'C')]);
    archive.write('XX', archive.indexOf('PK\x03\x04', 4, 'latin1'), 'latin1');
    expect(await refused(archive)).toMatchObject({
      code: 'IMPORT_ZIP_MEMBER_CORRUPT',
      message: expect.stringMatching(/^member "samples\/a_epoch_1.json": it does not lie where/),
    });
  });

  it('stops when it is told to, as the one who told it says, anywhere', async () => {
    const archive = zipOf([header, sample('a', 1, 'C'), zstd(Buffer.from(ZSTD.plain, 'base64'))]);
    const stop = new Error('stop');
    let calls = 0;
    const counting = { ...sourceOfBytes(archive), throwIfStopped: () => void (calls += 1) };
    await readResults(counting);
    expect(calls).toBeGreaterThan(8);
    for (let last = 1; last <= calls; last++) {
      let left = last;
      const throwIfStopped = () => {
        if ((left -= 1) <= 0) throw stop;
      };
      await expect(readResults({ ...sourceOfBytes(archive), throwIfStopped })).rejects.toBe(stop);
    }
  });

  it('says why, also of a large member whose stream is torn down in the middle', async () => {
    const spaces = Buffer.alloc(8 * 1024 * 1024, ' ');
    const large = (more: object) =>
      zipOf([header, { name: 'samples/a_epoch_1.json', content: spaces, ...more }]);
    expect(await refused(large({ unpackedBytes: 100 }))).toMatchObject({
      code: 'IMPORT_ZIP_MEMBER_CORRUPT',
      message: expect.stringContaining('more than the 100 bytes that the archive says'),
    });
    expect(await refused(large({ content: Buffer.concat([Buffer.from('!'), spaces]) }))).toMatchObject({
      code: 'IMPORT_JSON_MALFORMED',
    });
  });
});
