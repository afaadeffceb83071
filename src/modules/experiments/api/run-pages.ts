import type { Loaders } from '../../../platform/graphql/index.js';
import type { Page, PageArgs } from '../../../platform/http/index.js';
import type { RunView } from '../run.view.js';
import { RunPage } from './run.model.js';

/** A page of runs of one owner: owners asked with the same page in one request share one statement. */
export async function runPageOf(
  loaders: Loaders,
  field: string,
  owner: string,
  page: PageArgs,
  read: (owners: readonly string[]) => Promise<Map<string, Page<RunView>>>,
): Promise<RunPage> {
  const found = await loaders.of(`${field} ${JSON.stringify([page.first, page.after])}`, read).load(owner);
  return RunPage.of(found ?? { items: [], endCursor: null, hasNextPage: false });
}
