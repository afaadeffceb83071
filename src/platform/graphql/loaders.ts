import DataLoader from 'dataloader';
import { Injectable } from '@nestjs/common';
import { currentContext, type RequestContext } from '../context/index.js';

/**
 * One DataLoader per request and name, so that a field of a hundred rows costs one statement. `batch` runs one short
 * unit of work and answers with a map; a key without an entry resolves to undefined.
 */
@Injectable()
export class Loaders {
  private readonly byRequest = new WeakMap<RequestContext, Map<string, unknown>>();

  of<K, V>(name: string, batch: (keys: readonly K[]) => Promise<Map<K, V>>): DataLoader<K, V | undefined> {
    const request = currentContext();
    let loaders = this.byRequest.get(request);
    if (!loaders) this.byRequest.set(request, (loaders = new Map()));
    let loader = loaders.get(name) as DataLoader<K, V | undefined> | undefined;
    if (!loader) {
      loader = new DataLoader<K, V | undefined>(async (keys) => {
        const found = await batch(keys);
        return keys.map((key) => found.get(key));
      });
      loaders.set(name, loader);
    }
    return loader;
  }
}
