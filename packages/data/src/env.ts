/** The only reader of the environment in this package: npm's settings may stand in it, and a bound on the disk cache. */

/** A copy, for a library that writes into the one it is given. */
export function copyEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env };
}

const GIB = 2 ** 30;
const DEFAULT_CACHE_GIB = 20;

/**
 * What decoded pictures may take below a home, from CONVKIT_CACHE_GIB.
 * @throws {RangeError} if it is no number from 0 up.
 */
export function mostCacheBytes(): number {
  const text = process.env.CONVKIT_CACHE_GIB?.trim();
  if (!text) return DEFAULT_CACHE_GIB * GIB;
  const gib = Number(text);
  if (!(gib >= 0)) {
    throw new RangeError(
      `Expected CONVKIT_CACHE_GIB to be a number of GiB from 0 up. Received: ${text}. ` +
        `Leave it out for ${DEFAULT_CACHE_GIB}; 0 keeps no decoded pictures on disk.`,
    );
  }
  return gib * GIB;
}
