/** Versions of this package and of what it stands on, read from their package.json files. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { version as nodeVersion } from "node:process";

const STANDS_ON = ["@convkit/engine", "@convkit/trainer", "@tensorflow/tfjs"];

export function convkitVersion(): string {
  return versionIn(new URL("../../package.json", import.meta.url));
}

/** Name → version of what decides how a run goes. */
export function installedVersions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const packages = STANDS_ON.map((name) => [name, versionIn(require.resolve(`${name}/package.json`))]);
  return { node: nodeVersion, convkit: convkitVersion(), ...Object.fromEntries(packages) };
}

function versionIn(packageJson: string | URL): string {
  return (JSON.parse(readFileSync(packageJson, "utf8")) as { version: string }).version;
}
