/** `convkit dashboard` hands over to @convkit/dashboard where that is installed, and tells it where this command is. */
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import type { CommandContext } from "./command-context.js";
import { findDashboard, runScript } from "./dashboard-script.js";

const NOTES = `
The dashboard is a package of its own: npm install @convkit/dashboard
It shows the runs of this home, opens the browser, and brings a worker that trains what is started there.

Examples:
  convkit dashboard
  convkit dashboard --port 4200 --no-open`;

/** Serves the queue of the dashboard on this machine. */
const CLI = fileURLToPath(new URL("../cli.js", import.meta.url));

export function addDashboardCommand(program: Command, context: CommandContext): void {
  program
    .command("dashboard")
    .description("opens the review of experiments (@convkit/dashboard, when it is installed)")
    .argument("[arguments...]", "passed on")
    .allowUnknownOption()
    .addHelpText("after", NOTES)
    .action(async (args: string[]) =>
      context.exit(await runScript(findDashboard(), ["--worker", CLI, ...args])),
    );
}
