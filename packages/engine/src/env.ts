/** The environment variables that this package reads, and the one that it sets. */
import { homedir, platform } from "node:os";
import path from "node:path";

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

/** The user's folder for what can be made again: XDG_CACHE_HOME, else the system's usual one. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME && path.isAbsolute(XDG_CACHE_HOME)) return XDG_CACHE_HOME;
  if (platform() === "win32" && LOCALAPPDATA) return LOCALAPPDATA;
  return path.join(homedir(), platform() === "darwin" ? "Library/Caches" : ".cache");
}
