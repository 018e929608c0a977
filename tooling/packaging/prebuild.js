/**
 * Puts the native backend's binary where node-gyp-build looks for prebuilt ones:
 * `prebuilds/<platform>-<arch>/<name>[.<libc>].node`. N-API is stable, so one binary serves every Node. On Linux
 * the name carries the C library: a glibc binary must not be loaded on Alpine.
 * The release workflow runs it on each system: `node tooling/packaging/prebuild.js`.
 */
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { arch, argv, platform, report } from "node:process";
import { fileURLToPath } from "node:url";

/**
 * @param {string} packageFolder of the native backend, built.
 * @returns {string} the folder `prebuilds` of the package.
 */
export function addPrebuild(packageFolder) {
  const prebuilds = join(packageFolder, "prebuilds");
  const folder = join(prebuilds, `${platform}-${arch}`);
  const glibc = report.getReport().header.glibcVersionRuntime !== undefined;
  const libc = platform !== "linux" ? "" : glibc ? ".glibc" : ".musl";
  mkdirSync(folder, { recursive: true });
  copyFileSync(
    join(packageFolder, "build/Release/convkit_native.node"),
    join(folder, `convkit_native${libc}.node`),
  );
  return prebuilds;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  console.log(addPrebuild(join(root, "packages/tfjs-backend-native")));
}
