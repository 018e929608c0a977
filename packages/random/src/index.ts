export { Rng, RngStateError, type RngState } from "./rng.js";
export { hashToUint32, hashToUnit } from "./hash.js";
