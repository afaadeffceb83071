// Checks docker/ where no Docker runs: a plain reading of the files against a short list of rules. Ends 1 when one is broken.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const SECRET = /PASSWORD|SECRET|TOKEN|API_?KEY|PRIVATE/i;
const LOOPBACK = /^127\.0\.0\.1:/;

/** Instructions of a Dockerfile, continued lines joined, comments left out. */
function instructionsOf(text) {
  const instructions = [];
  let open;
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    if (open) open.text += ` ${line.trim()}`;
    else open = { line: index + 1, text: line.trim() };
    if (open.text.endsWith('\\')) {
      open.text = open.text.slice(0, -1).trim();
      continue;
    }
    const [word, ...rest] = open.text.split(/\s+/);
    instructions.push({ line: open.line, word: word.toUpperCase(), rest: rest.join(' ') });
    open = undefined;
  }
  return instructions;
}

/** An image whose content is settled: a full version or a digest, never `latest`. */
function isPinned(image) {
  return /@sha256:[0-9a-f]{64}$/.test(image) || /:\d+\.\d+(\.\d+)?(-[a-z0-9.-]+)?$/.test(image);
}

export function problemsOfDockerfile(text) {
  const problems = [];
  const say = (line, message) => problems.push(`docker/Dockerfile:${line}: ${message}`);
  const instructions = instructionsOf(text);
  const stages = new Set();
  let last = 0;
  for (const [index, { line, word, rest }] of instructions.entries()) {
    if (word === 'FROM') {
      const [image, as, name] = rest.split(' ').filter((part) => !part.startsWith('--'));
      if (!stages.has(image) && !isPinned(image)) say(line, `${image} is not pinned to a version`);
      if (as?.toUpperCase() === 'AS') stages.add(name);
      last = index;
    }
    if (word === 'ADD') say(line, 'ADD fetches and unpacks: use COPY');
    if (word === 'COPY' && !/--chown=\S+/.test(rest))
      say(line, 'COPY does not say whose the files are (--chown)');
    if (word === 'COPY' && /(^| )\.\/? \S+$/.test(rest))
      say(line, 'COPY takes the whole folder: name what is needed');
    if (['ENV', 'ARG'].includes(word) && SECRET.test(rest))
      say(line, `${word} looks like a secret: it stays in the image`);
    if (word === 'RUN' && /\b(curl|wget)\b.*\|/.test(rest)) say(line, 'RUN pipes a download into a program');
    if (word === 'RUN' && /\bsudo\b/.test(rest)) say(line, 'RUN uses sudo');
    if (['CMD', 'ENTRYPOINT'].includes(word) && !rest.startsWith('['))
      say(line, `${word} is not in exec form: signals are lost`);
    if (word === 'HEALTHCHECK' && !/CMD \[/.test(rest)) say(line, 'HEALTHCHECK is not in exec form');
  }
  const final = instructions.slice(last);
  const user = final.findLast(({ word }) => word === 'USER');
  if (!user) say(1, 'the last stage names no USER: it would run as root');
  else if (/^(root|0)(:|$)/.test(user.rest)) say(user.line, 'the last USER is root');
  if (!final.some(({ word }) => word === 'HEALTHCHECK')) say(1, 'the last stage has no HEALTHCHECK');
  if (!final.some(({ word }) => ['CMD', 'ENTRYPOINT'].includes(word))) say(1, 'the last stage has no CMD');
  for (const { line, word, rest } of final) {
    if (word === 'RUN' && /\bnpm (ci|i|install)\b/.test(rest) && !rest.includes('--omit=dev')) {
      say(line, 'the last stage installs development packages: --omit=dev');
    }
  }
  return problems;
}

export function problemsOfCompose(text) {
  const problems = [];
  const compose = parse(text, { merge: true });
  const services = Object.entries(compose.services ?? {});
  if (services.length === 0) problems.push('docker/compose.yml: there are no services');
  for (const [name, service] of services) {
    const say = (message) => problems.push(`docker/compose.yml: ${name}: ${message}`);
    if (!service.image) say('has no image');
    else if (!isPinned(service.image)) say(`${service.image} is not pinned to a version`);
    if (!service.healthcheck?.test) say('has no healthcheck');
    if (service.privileged || service.network_mode === 'host') say('is not walled off from the host');
    for (const [key, value] of Object.entries(service.environment ?? {})) {
      const text = String(value);
      const literal = SECRET.test(key) ? !/^\$\{[^}]+\}$/.test(text) : /:\/\/[^/@]*:[^$@/][^@/]*@/.test(text);
      if (literal) say(`${key} holds a secret: take it from the environment`);
    }
    for (const port of service.ports ?? [])
      if (!LOOPBACK.test(port)) say(`port ${port} is open to the network`);
    for (const needed of Object.keys(service.depends_on ?? {})) {
      if (!compose.services[needed]) say(`depends on ${needed}, which is not there`);
    }
    for (const volume of service.volumes ?? []) {
      const source = String(volume).split(':')[0];
      if (/^[a-z]/.test(source) && !(source in (compose.volumes ?? {})))
        say(`the volume ${source} is not declared`);
    }
  }
  return problems;
}

export function problemsOfIgnore(text) {
  const lines = text.split('\n').map((line) => line.trim());
  const known = lines.includes('*') ? [] : ['node_modules', '.git', '.assay', 'dist'];
  const missing = known
    .filter((name) => !lines.includes(name))
    .map((name) => `.dockerignore: ${name} is sent to the builder`);
  return lines.includes('**/.env')
    ? missing
    : [...missing, '.dockerignore: .env files are sent to the builder'];
}

const FILES = [
  ['docker/Dockerfile', problemsOfDockerfile],
  ['docker/compose.yml', problemsOfCompose],
  ['.dockerignore', problemsOfIgnore],
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = new URL('..', import.meta.url);
  const problems = FILES.flatMap(([path, check]) => check(readFileSync(new URL(path, root), 'utf8')));
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
