// What benches of the running service share: a server on a home, its client, and what its processes needed.
import { spawn } from 'node:child_process';
import { openAsBlob, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Ticks of the system's clock of processor time in a second. */
const TICKS = 100;

/** What `work` answers, done with a server of its own on this home. `work` gets a client and `processes`, see `watch`. */
export async function serve(home, environment, work) {
  rmSync(join(home, 'client.json'), { force: true });
  const server = spawn(process.execPath, ['dist/main.js'], {
    cwd: root,
    env: { ...process.env, ASSAY_HOME: home, ASSAY_PORT: '0', ASSAY_LOG_LEVEL: 'error', ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => server.on('exit', resolve));
  const watching = watch(server.pid);
  try {
    return await work(await connect(home), watching.processes);
  } finally {
    watching.stop();
    server.kill('SIGTERM');
    await ended;
  }
}

async function connect(home) {
  for (let tries = 0; ; tries++) {
    try {
      const { url, apiKey, project } = JSON.parse(readFileSync(join(home, 'client.json'), 'utf8'));
      const api = client(url, apiKey, project);
      await api.call('GET', 'jobs');
      return api;
    } catch (error) {
      if (tries > 600) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function client(url, apiKey, project) {
  const call = async (method, path, body, type) => {
    const answer = await fetch(`${url}/v1/projects/${project}/${path}`, {
      method, body, headers: { authorization: `Bearer ${apiKey}`, ...(type ? { 'content-type': type } : {}) },
    }); // prettier-ignore
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  const post = (path, body) => call('POST', path, JSON.stringify(body), 'application/json');
  return {
    settings: { url, apiKey, project },
    call,
    post,
    upload: async (path) =>
      (await call('POST', 'uploads', await openAsBlob(path), 'application/octet-stream')).id,
    /** The finished job. Throws what it failed with. */
    job: async (path, body) => {
      let { job } = await post(path, body);
      while (!['succeeded', 'failed', 'cancelled'].includes(job.state))
        job = await call('GET', `jobs/${job.id}?wait=30`);
      if (job.state !== 'succeeded') throw new Error(JSON.stringify(job.error));
      return job;
    },
  };
}

/**
 * Looks at a process and all that it started, again and again. `processes()`: of each kind (server, job, postgres, model) the peak of
 * resident memory of one process in MiB and the seconds of processor time of all, since the last call; empty where the system does not tell.
 */
function watch(rootPid) {
  const seen = new Map();
  let before = new Map();
  const look = () => {
    const all = processTable();
    // Also what has lost its parent since.
    const ours = new Set([rootPid, ...seen.keys()]);
    for (let grown = true; grown;) {
      grown = false;
      for (const { pid, parent } of all)
        if (ours.has(parent) && !ours.has(pid)) {
          ours.add(pid);
          grown = true;
        }
    }
    for (const { pid, seconds } of all.filter((one) => ours.has(one.pid))) {
      const known = seen.get(pid) ?? { kind: kindOf(pid, rootPid), peak: 0, seconds: 0 };
      seen.set(pid, { ...known, peak: Math.max(known.peak, residentMiB(pid)), seconds });
    }
  };
  const timer = setInterval(look, 100);
  return {
    stop: () => clearInterval(timer),
    processes: () => {
      look();
      const kinds = {};
      for (const [pid, { kind, peak, seconds }] of seen) {
        const of = (kinds[kind] ??= { peak: 0, seconds: 0 });
        of.peak = Math.max(of.peak, Math.round(peak));
        of.seconds += seconds - (before.get(pid) ?? 0);
      }
      before = new Map([...seen].map(([pid, { seconds }]) => [pid, seconds]));
      for (const one of seen.values()) one.peak = 0;
      return kinds;
    },
  };
}

function processTable() {
  const names = process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return names.flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS;
      return [{ pid: Number(name), parent: Number(fields[1]), seconds }];
    } catch {
      return [];
    }
  });
}

function kindOf(pid, rootPid) {
  if (pid === rootPid) return 'server';
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    if (environment.includes('ASSAY_PROCESS=job')) return 'job';
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres') ? 'postgres' : 'other';
  } catch {
    return 'other';
  }
}

function residentMiB(pid) {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  } catch {
    return 0;
  }
}
