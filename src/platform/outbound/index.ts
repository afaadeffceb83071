export { bareHost, isMetadataAddress, isNamedHost, isPublicAddress } from './address.js';
export { asRemoteFailed, openRemote, type Pace, RemoteFailed } from './open-remote.js';
export { type ObjectStore, objectUrl, signedGet } from './s3-request.js';
export {
  HostRefused,
  isUntrusted,
  lookupPinned,
  pinAddress,
  type PinnedAddress,
  type Resolve,
  wordsOf,
} from './pin-address.js';
