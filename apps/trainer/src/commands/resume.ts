/** `convkit resume`: goes on from a run's last checkpoint. */
import type { EnginePreference } from "@convkit/schema";
import type { Command } from "commander";
import { parseEngineFlag } from "../config/engine-flag.js";
import { runJob } from "../process/run-job.js";
import { findRun } from "../run/find-run.js";
import { readStartEvent } from "../run/journal-ends.js";
import type { CommandContext } from "./command-context.js";
import { addServerOptions, deliveryTo, type ServerFlags } from "./server-options.js";

interface ResumeFlags extends ServerFlags {
  readonly engine?: EnginePreference;
  readonly detach: boolean;
  readonly json: boolean;
}

const EXAMPLES = `
Examples:
  convkit resume latest
  convkit resume 20260214
  convkit resume 20260214 --detach     a run of a dashboard's queue, which then lets go of it`;

export function addResumeCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("resume")
    .description("goes on with a run that was interrupted or killed")
    .argument("<run>", "id, beginning of an id, name it was trained under, `latest`, or folder")
    .option("--engine <name>", "another engine than the run's config asks for", parseEngineFlag)
    .option("--detach", "take the run out of the queue that it belongs to", false)
    .option("--json", "one JSON object a line", false)
    .addHelpText("after", EXAMPLES);
  addServerOptions(command, { purpose: "a dashboard that is told of the run while it goes on" }).action(
    async (run: string, { engine, detach, json, ...server }: ResumeFlags) => {
      const directory = await findRun(run, context.home);
      const started = await readStartEvent(directory);
      const job = { kind: "resume", home: context.home, directory, engine, detach } as const;
      context.exit(await runJob(job, context, { json, started, clientOf: deliveryTo(server) }));
    },
  );
}
