// `npm start`: make ready, then serve in this very process.
import { ready } from './ready.mjs';

await ready();
await import('../dist/main.js');
