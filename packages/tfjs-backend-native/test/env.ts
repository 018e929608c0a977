/** What a developer may set for the tests of this package. */

/** CONVKIT_TEST_SEED: the seed of every random case; a failure names the one it happened with. */
export const testSeed = Number(process.env.CONVKIT_TEST_SEED ?? 1);
