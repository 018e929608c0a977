/** `convkit evaluate`: judges a run's best checkpoint again and rewrites its report. */
import type { EnginePreference } from "@convkit/schema";
import type { Command } from "commander";
import { parseEngineFlag } from "../config/engine-flag.js";
import { runJob } from "../process/run-job.js";
import { findRun } from "../run/find-run.js";
import type { CommandContext } from "./command-context.js";
import { addServerOptions, deliveryTo, type ServerFlags } from "./server-options.js";

interface EvaluateFlags extends ServerFlags {
  readonly engine?: EnginePreference;
  readonly json: boolean;
}

const EXAMPLES = `
Examples:
  convkit evaluate latest
  convkit evaluate .convkit/runs/20260214-093012-x7 --json`;

export function addEvaluateCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("evaluate")
    .description("judges a run's best network on the test set again")
    .argument("<run>", "id, beginning of an id, name it was trained under, `latest`, or folder")
    .option("--engine <name>", "another engine than the run's config asks for", parseEngineFlag)
    .option("--json", "one JSON object a line", false)
    .addHelpText("after", EXAMPLES);
  addServerOptions(command, { purpose: "a dashboard that is told of the judgement" }).action(
    async (run: string, { engine, json, ...server }: EvaluateFlags) => {
      const directory = await findRun(run, context.home);
      const job = { kind: "evaluate", home: context.home, directory, engine } as const;
      context.exit(await runJob(job, context, { json, clientOf: deliveryTo(server) }));
    },
  );
}
