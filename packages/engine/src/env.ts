/** The environment variables that this package reads, and the one that it sets. */

/**
 * CONVKIT_TFJS_NODE: folder of a tfjs-node package that lies where `require` would not find it, such as the one
 * of scripts/setup-tfjs-node.mjs.
 */
export function tfjsNodeFolder(): string | undefined {
  return process.env.CONVKIT_TFJS_NODE || undefined;
}

/** libtensorflow reports the CPU's instruction sets on stderr when it starts; warnings and errors stay. */
export function quietenLibtensorflow(): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "1";
}
