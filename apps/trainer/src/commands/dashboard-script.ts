/** @convkit/dashboard, a package of its own: found where it is installed, and run in this command's place. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { EXIT_CODES, type ExitCode } from "../exit-codes.js";

/** The dashboard is not installed, neither beside this package nor in the working directory. */
class DashboardMissingError extends Error {
  override readonly name = "DashboardMissingError";
}

/** @throws {DashboardMissingError} */
export function findDashboard(): string {
  const places = [import.meta.url, pathToFileURL(join(process.cwd(), "package.json"))];
  for (const place of places) {
    try {
      const manifest = createRequire(place).resolve("@convkit/dashboard/package.json");
      const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: Record<string, string> };
      return join(dirname(manifest), Object.values(bin)[0] ?? "");
    } catch {
      continue;
    }
  }
  throw new DashboardMissingError(
    "Expected the package @convkit/dashboard to be installed. Received: none, here or beside convkit. " +
      "Install it: npm install @convkit/dashboard. Without it `convkit runs` lists the runs, and the folder of each " +
      "holds its report.html.",
  );
}

/** Ctrl-C reaches both processes, and is the script's to answer; what ends this one alone is passed on. */
export async function runScript(script: string, args: readonly string[]): Promise<ExitCode> {
  const child = spawn(process.execPath, [script, ...args], { stdio: "inherit" });
  const ignore = (): void => undefined;
  const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on("SIGINT", ignore).on("SIGTERM", passOn).on("SIGHUP", passOn);
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        const known = Object.values(EXIT_CODES).find((known) => known === code);
        resolve(known ?? EXIT_CODES.failed);
      });
    });
  } finally {
    process.off("SIGINT", ignore).off("SIGTERM", passOn).off("SIGHUP", passOn);
  }
}
