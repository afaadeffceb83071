import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectsService } from './platform/auth/index.js';
import { ConflictError } from './platform/errors/index.js';

const FIRST_PROJECT = 'default';

interface ClientFile {
  url: string;
  apiKey: string;
  project: string;
}

/**
 * `<home>/client.json` (0600): where the server is and a key with every role, so that the CLI of this machine needs no
 * settings. Makes the first project and key at the first start; a key that is lost or dead is replaced.
 */
export async function leaveClientFile(
  projects: ProjectsService,
  home: string,
  url: string,
): Promise<ClientFile & { path: string }> {
  const path = join(home, 'client.json');
  const before = await readClientFile(path);
  const name = before?.project ?? FIRST_PROJECT;
  const apiKey = before && (await answers(url, before)) ? before.apiKey : await newKey(projects, name);
  const content: ClientFile = { url, apiKey, project: name };
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, JSON.stringify(content, null, 2) + '\n', { mode: 0o600 });
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  return { ...content, path };
}

async function newKey(projects: ProjectsService, name: string): Promise<string> {
  const project = await projects.findByName(name);
  if (project) return (await projects.localKey(project, 'start')).secret;
  try {
    return (await projects.create(name, 'start')).apiKey.secret;
  } catch (error) {
    // Another server of the same database that starts at this moment was quicker.
    const theirs = error instanceof ConflictError ? await projects.findByName(name) : undefined;
    if (!theirs) throw error;
    return (await projects.localKey(theirs, 'start')).secret;
  }
}

async function answers(url: string, client: ClientFile): Promise<boolean> {
  const answer = await fetch(`${url}/v1/project`, { headers: { authorization: `Bearer ${client.apiKey}` } });
  await answer.arrayBuffer();
  return answer.ok;
}

async function readClientFile(path: string): Promise<ClientFile | undefined> {
  try {
    const content = JSON.parse(await readFile(path, 'utf8')) as Partial<ClientFile>;
    return content.apiKey && content.project ? (content as ClientFile) : undefined;
  } catch {
    return undefined;
  }
}
