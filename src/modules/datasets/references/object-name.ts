/** An object of a store, as `s3://BUCKET/KEY` names it. */
export interface ObjectName {
  bucket: string;
  key: string;
}

const MAX_KEY_BYTES = 1024;

/** The object that a reference names; a text says why it names none. As with Amazon's own tools, no character of a key stands for another. */
export function objectNamed(reference: string): ObjectName | string {
  const [, bucket, key] = /^s3:\/\/([^/]*)\/(.+)$/is.exec(reference) ?? [];
  if (bucket === undefined || key === undefined) return 'the reference is not of the form s3://BUCKET/KEY';
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || bucket.includes('..'))
    return 'the reference names no bucket as S3 has them';
  if (/[\x00-\x1f\x7f]|\p{Surrogate}/u.test(key) || Buffer.byteLength(key) > MAX_KEY_BYTES)
    return `the key of the reference is longer than ${MAX_KEY_BYTES} bytes or holds what no key should`;
  if (key.split('/').some((segment) => segment === '.' || segment === '..'))
    return 'the key of the reference has a segment . or .., which no URL can say';
  return { bucket, key };
}
