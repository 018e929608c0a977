/** The environment variables of this package, read when the addon is first loaded. */

export type NativeEnvironment = {
  /** CONVKIT_ISA: the instruction set to use instead of the best one this CPU has. */
  isa: string | undefined;
  /** CONVKIT_THREADS: the number of threads to use instead of the least of cores, affinity and cgroup quota. */
  threads: string | undefined;
};

export function readEnvironment(): NativeEnvironment {
  return { isa: process.env.CONVKIT_ISA, threads: process.env.CONVKIT_THREADS };
}
