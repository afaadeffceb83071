import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import type { ServedHome } from '../../support/served-home.js';

const PART = { 'tus-resumable': '1.0.0', 'content-type': 'application/offset+octet-stream' };

/** A resumable upload whose server is killed under it. */
export class KeptUpload {
  private readonly bytes = randomBytes(300_000);
  private id = '';

  /** One part that is acknowledged, and one that never ends. */
  async begin({ url, clientFile: { apiKey, project } }: ServedHome): Promise<void> {
    const authorization = `Bearer ${apiKey}`;
    const collection = `${url}/v1/projects/${project}/resumable-uploads`;
    const begun = await fetch(collection, {
      method: 'POST',
      headers: { authorization, 'tus-resumable': '1.0.0', 'upload-length': String(this.bytes.length) },
    });
    this.id = ((await begun.json()) as { id: string }).id;
    const first = await fetch(`${collection}/${this.id}`, {
      method: 'PATCH',
      headers: { ...PART, authorization, 'upload-offset': '0' },
      body: this.bytes.subarray(0, 100_000),
    });
    if (first.status !== 204) throw new Error(`a part was answered ${first.status}: ${await first.text()}`);
    const endless = request(`${collection}/${this.id}`, {
      method: 'PATCH',
      headers: { ...PART, authorization, 'upload-offset': 100_000, 'content-length': 200_000 },
    });
    endless.on('error', () => undefined);
    endless.write(randomBytes(50_000));
    // Until it is taken: one at a wrong offset is in conflict before, and finds it locked then.
    for (let status = 0; status !== 423;) {
      const other = { ...PART, authorization, 'upload-offset': '7' };
      ({ status } = await fetch(`${collection}/${this.id}`, { method: 'PATCH', headers: other, body: 'x' }));
    }
  }

  /** What the server has after it was started again, and whether it takes the rest and hashes the whole. */
  async goOn({
    url,
    clientFile: { apiKey, project },
  }: ServedHome): Promise<{ received: number; isWhole: boolean }> {
    const at = `${url}/v1/projects/${project}`;
    const authorization = `Bearer ${apiKey}`;
    const head = await fetch(`${at}/resumable-uploads/${this.id}`, {
      method: 'HEAD',
      headers: { authorization },
    });
    const received = Number(head.headers.get('upload-offset'));
    const sending = request(`${at}/resumable-uploads/${this.id}`, {
      method: 'PATCH',
      headers: { ...PART, authorization, 'upload-offset': received },
    });
    sending.end(this.bytes.subarray(received));
    await once(sending, 'response');
    const upload = await fetch(`${at}/uploads/${this.id}`, { headers: { authorization } });
    const { digest } = (await upload.json()) as { digest?: string };
    return { received, isWhole: digest === createHash('sha256').update(this.bytes).digest('hex') };
  }
}
