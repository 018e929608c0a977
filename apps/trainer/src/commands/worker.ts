/** `convkit worker`: serves the queue of a dashboard on this machine. */
import { hostname } from "node:os";
import { JobKind } from "@convkit/schema";
import { InvalidArgumentError, Option, type Command } from "commander";
import type { WorkerFlags } from "../worker/serve-queue.js";
import type { CommandContext } from "./command-context.js";
import { addServerOptions } from "./server-options.js";

const NOTES = `
The worker takes one job after the other, trains in a process of its own and tells the server while it goes on; when the
network fails it trains on and catches up. Ctrl-C saves a checkpoint and gives the job back, twice ends at once.
Make a token on the dashboard's page of workers.

Examples:
  convkit worker --server https://dashboard.example:4100 --token convkit_…
  CONVKIT_TOKEN=convkit_… convkit worker --server https://dashboard.example:4100 --name gpu-1 --kinds train
  CUDA_VISIBLE_DEVICES=1 convkit worker --server https://dashboard.example:4100     one more, for another GPU`;

export function addWorkerCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("worker")
    .description("trains what a dashboard's queue holds")
    .option("--name <text>", "what it is called there", hostname())
    .addOption(
      new Option("--kinds <kinds>", `of ${JobKind.options.join(", ")}; comma-separated`)
        .argParser(parseKinds)
        .default(JobKind.options, "all"),
    )
    .option("--once", "end after one job", false)
    .option("--local", "the server is on this machine and reads this home's journals itself", false)
    .option("--json", "one JSON object a line", false)
    .addHelpText("after", NOTES);
  addServerOptions(command, { purpose: "address of the dashboard", isRequired: true }).action(
    async (flags: WorkerFlags) => {
      const { serveQueue } = await import("../worker/serve-queue.js");
      await serveQueue(flags, context);
    },
  );
}

function parseKinds(text: string): JobKind[] {
  const kinds = text.split(",").map((kind) => JobKind.safeParse(kind.trim()));
  const known = kinds.flatMap(({ data }) => data ?? []);
  if (known.length > 0 && known.length === kinds.length) return [...new Set(known)];
  throw new InvalidArgumentError(
    `Expected ${JobKind.options.join(", ")}, with commas between. Received: ${text}.`,
  );
}
