// A job that reads nothing from its channel for two seconds, and then has something to say.
import { endWithParent } from '../../../dist/src/platform/queue/index.js';

endWithParent();

export default () => {
  const until = Date.now() + 2_000;
  while (Date.now() < until);
  throw new Error('says this to nobody');
};
