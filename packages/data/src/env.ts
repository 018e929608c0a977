/** The only reader of the environment in this package: npm's settings may stand in it. */

/** A copy, for a library that writes into the one it is given. */
export function copyEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env };
}
