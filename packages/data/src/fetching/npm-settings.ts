/**
 * How this user reaches the network, as npm knows it: registry, proxy, certificates and tokens from the .npmrc files and
 * the environment. Every download goes by these settings, since a network that needs them for npm needs them always.
 */
import Config from "@npmcli/config";
import definitions from "@npmcli/config/lib/definitions/index.js";
import type npmFetch from "npm-registry-fetch";
import { copyEnvironment } from "../env.js";

export type NpmSettings = npmFetch.Options & {
  readonly registry: string;
  readonly replaceRegistryHost?: string;
};

/** @param cwd whose .npmrc counts besides the user's and the global one. */
export async function loadNpmSettings(
  cwd = process.cwd(),
  env: NodeJS.ProcessEnv = copyEnvironment(),
): Promise<NpmSettings> {
  const config = new Config({
    ...definitions,
    // Where npm itself lies; its own built-in .npmrc is not ours to read.
    npmPath: cwd,
    argv: [],
    cwd,
    env,
    warn: false,
  });
  await config.load();
  return {
    ...config.flat,
    // Data sets do not belong into npm's cache, and retries are counted by whoever downloads.
    cache: undefined,
    retry: { retries: 0 },
    userAgent: `convkit node/${process.version}`,
  };
}
