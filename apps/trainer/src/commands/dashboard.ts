/** `convkit dashboard` hands over to @convkit/dashboard, a package of its own, where it is installed. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Command } from "commander";
import { EXIT_CODES, type ExitCode } from "../exit-codes.js";
import type { CommandContext } from "./command-context.js";

/** The dashboard is not installed, neither beside this package nor in the working directory. */
class DashboardMissingError extends Error {
  override readonly name = "DashboardMissingError";
}

const MEANWHILE = "`convkit runs` lists the runs, and the folder of each holds its report.html";

const NOTES = `
The dashboard comes with a later release.
Meanwhile ${MEANWHILE}.

Example:
  convkit dashboard`;

export function addDashboardCommand(program: Command, context: CommandContext): void {
  program
    .command("dashboard")
    .description("opens the review of experiments (@convkit/dashboard, when it is installed)")
    .argument("[arguments...]", "passed on")
    .allowUnknownOption()
    .addHelpText("after", NOTES)
    .action(async (args: string[]) => context.exit(await runScript(findDashboard(), args)));
}

/** @throws {DashboardMissingError} */
function findDashboard(): string {
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
      `It comes with a later release; meanwhile ${MEANWHILE}.`,
  );
}

/** Signals reach both processes; the script's exit is waited for. */
function runScript(script: string, args: readonly string[]): Promise<ExitCode> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: "inherit" });
    child.once("error", reject);
    child.once("close", (code) => resolve(code === 0 ? EXIT_CODES.ok : EXIT_CODES.failed));
  });
}
