import type { AssayConfig } from '../../../platform/config/index.js';
import {
  type ObjectStore,
  objectUrl,
  type RemoteFailed,
  signedGet,
} from '../../../platform/outbound/index.js';
import { download } from './download.js';
import type { Fetching } from './fetching.js';
import type { ObjectName } from './object-name.js';
import { referenceError } from './split-reference.js';

/** The store that the operator's variables describe. */
export function objectStoreOf(config: AssayConfig): ObjectStore {
  const { s3Endpoint: endpoint, s3Region: region, s3Addressing: addressing } = config;
  const {
    s3AccessKeyId: accessKeyId,
    s3SecretAccessKey: secretAccessKey,
    s3SessionToken: sessionToken,
  } = config;
  const credentials =
    accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey, sessionToken } : undefined;
  return { endpoint, region, addressing, credentials };
}

/** Fetch an object of a bucket that the operator allows. Throws REFERENCE_NOT_FOUND beside what `download` throws. */
export function downloadObject(
  split: string,
  { bucket, key }: ObjectName,
  store: ObjectStore,
  fetching: Fetching,
) {
  const url = objectUrl(store, bucket, key);
  return download(
    split,
    url,
    {
      // Of AWS's own hosts none is named: their addresses have to be public.
      hosts: store.endpoint === undefined ? [] : [url.hostname],
      variable: 'AWS_ENDPOINT_URL_S3',
      headers: () => signedGet(url, store, new Date()),
      asStored: true,
      meant: ({ status, message }: RemoteFailed) => {
        if (status === 404)
          return referenceError(
            'REFERENCE_NOT_FOUND',
            split,
            'the reference leads to no object of the store',
            'See whether the bucket and the object are called so, letter for letter.',
          );
        const said = status === undefined ? undefined : MEANT[status];
        if (said === undefined) return undefined;
        const [why, remedy] = said(store.credentials !== undefined);
        return referenceError(
          'REFERENCE_FAILED',
          split,
          `the store of the reference ${message}: ${why}`,
          remedy,
        );
      },
    },
    fetching,
  );
}

type Meant = (isSigned: boolean) => [why: string, remedy: string];

const ELSEWHERE: Meant = () => [
  'the bucket may lie in another region, or at another endpoint',
  'Ask the operator to see AWS_REGION, AWS_ENDPOINT_URL_S3 and ASSAY_S3_ADDRESSING.',
];

const REFUSED: Meant = (isSigned) => [
  isSigned
    ? "the operator's key may not read the object, or there is none"
    : 'the object is not open to everybody',
  isSigned
    ? 'See whether the object is called so, and ask the operator to see what the key of AWS_ACCESS_KEY_ID may read.'
    : 'Ask the operator to set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
];

/** What S3 means by a status. A request that is signed for another region is a bad one, too. */
const MEANT: Readonly<Record<number, Meant>> = {
  301: ELSEWHERE,
  307: ELSEWHERE,
  400: ELSEWHERE,
  401: REFUSED,
  403: REFUSED,
};
