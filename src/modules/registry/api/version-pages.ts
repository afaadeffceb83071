import type { Loaders } from '../../../platform/graphql/index.js';
import type { Page, PageArgs } from '../../../platform/http/index.js';
import type { ModelVersionView } from '../model-version.view.js';

/** A page of model versions of one owner: owners asked with the same page in one request share one statement. */
export async function versionPageOf(
  loaders: Loaders,
  field: string,
  owner: string,
  page: PageArgs,
  read: (owners: readonly string[]) => Promise<Map<string, Page<ModelVersionView>>>,
): Promise<Page<ModelVersionView>> {
  const found = await loaders.of(`${field} ${JSON.stringify([page.first, page.after])}`, read).load(owner);
  return found ?? { items: [], endCursor: null, hasNextPage: false };
}
