#!/usr/bin/env node
// The bin of the package: builds what is missing or stale, then runs the compiled CLI.
import { ready } from '../scripts/ready.mjs';

await ready();
const { main } = await import('../dist/cli/main.js');
await main();
