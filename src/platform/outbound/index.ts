export { bareHost, isMetadataAddress, isNamedHost, isPublicAddress } from './address.js';
export { asRemoteFailed, openRemote, type Pace, RemoteFailed } from './open-remote.js';
export {
  HostRefused,
  isUntrusted,
  lookupPinned,
  pinAddress,
  type PinnedAddress,
  type Resolve,
  wordsOf,
} from './pin-address.js';
