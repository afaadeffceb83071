// `npm run demo`: make ready, then run the demo of the command line. `npm run demo -- --exit` ends by itself.
import { ready } from './ready.mjs';

await ready();
process.argv.splice(2, 0, 'demo');
const { main } = await import('../dist/cli/main.js');
await main();
