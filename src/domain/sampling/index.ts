export { admit, type Admission, type Place, rankOf } from './reservoir.js';
