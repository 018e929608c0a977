/** `convkit worker`: serves the queue of a dashboard on this machine. */
import { hostname } from "node:os";
import { listDatasets } from "@convkit/data";
import { MODEL_NAMES } from "@convkit/models/names";
import { JobKind, type WorkerDescription } from "@convkit/schema";
import { InvalidArgumentError, type Command } from "commander";
import { EXIT_CODES } from "../exit-codes.js";
import { convkitVersion } from "../host/versions.js";
import { watchInterrupts } from "../process/interrupts.js";
import { probeEngines } from "../worker/probe-engines.js";
import { runWorker } from "../worker/run-worker.js";
import { takeIdentity, type WorkerIdentity } from "../worker/worker-identity.js";
import type { WorkerHost } from "../worker/worker-host.js";
import { print, printJson, type CommandContext } from "./command-context.js";
import { addServerOptions, clientOf, type ServerFlags } from "./server-options.js";

interface WorkerFlags extends ServerFlags {
  readonly server: string;
  readonly name: string;
  readonly kinds: readonly JobKind[];
  readonly once: boolean;
  readonly local: boolean;
  readonly json: boolean;
}

const NOTES = `
The worker takes one job after the other, trains in a process of its own and tells the server while it goes on; when the
network fails it trains on and catches up. Ctrl-C saves a checkpoint and gives the job back, twice ends at once.
Make a token on the dashboard's page of workers.

Examples:
  convkit worker --server https://dashboard.example:4100 --token convkit_…
  CONVKIT_TOKEN=convkit_… convkit worker --server https://dashboard.example:4100 --name gpu-1 --kinds train
  CUDA_VISIBLE_DEVICES=1 convkit worker --server https://dashboard.example:4100     one more, for another GPU`;

/** What an engine was found to be is believed for so long. */
const PROBED_FOR_MS = 24 * 3600 * 1000;

export function addWorkerCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("worker")
    .description("trains what a dashboard's queue holds")
    .option("--name <text>", "what it is called there", hostname())
    .option(
      "--kinds <kinds>",
      `of ${JobKind.options.join(", ")}; comma-separated`,
      parseKinds,
      JobKind.options,
    )
    .option("--once", "end after one job", false)
    .option("--local", "the server is on this machine and reads this home's journals itself", false)
    .option("--json", "one JSON object a line", false)
    .addHelpText("after", NOTES);
  addServerOptions(command, { purpose: "address of the dashboard", isRequired: true }).action(
    async (flags: WorkerFlags) => serve(flags, context),
  );
}

async function serve(flags: WorkerFlags, context: CommandContext): Promise<void> {
  const { kinds, once, local, json } = flags;
  const note = (text: string) => (json ? printJson(context, { type: "note", text }) : print(context, [text]));
  const stopping = new AbortController();
  const host: WorkerHost = {
    // Another server may have come in its place, which knows nothing of this worker.
    client: clientOf(flags, { note, onBack: () => void register().catch(() => undefined) }),
    context,
    isLocal: local,
    json,
    stopping: stopping.signal,
    children: new Set(),
    delivering: new Set(),
    note,
  };
  const worker = takeIdentity(context.home);
  const register = () => host.client.register(describe(worker, flags, context), { signal: stopping.signal });
  const interrupts = watchInterrupts({
    stop(reason) {
      note("Stopping: what is at work is saved and given back. Ctrl-C again ends it at once.");
      stopping.abort(reason);
    },
    kill() {
      for (const child of host.children) child.kill();
      worker.release();
      process.exit(interrupts.exitCode);
    },
  });
  try {
    await host.client.register(describe(worker, flags, context), {
      signal: stopping.signal,
      patienceMs: Infinity,
    });
    note(`Worker ${flags.name} serves ${kinds.join(", ")} of ${host.client.url} (Ctrl-C ends it)`);
    const probing = probe(worker, stopping.signal).then((isNews) => (isNews ? register() : undefined));
    probing.catch(() => undefined);
    const exitCode = await runWorker({ host, workerId: worker.identity.id, kinds, once });
    context.exit(interrupts.exitCode ?? exitCode);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    context.exit(interrupts.exitCode ?? EXIT_CODES.interrupted);
  } finally {
    worker.release();
    interrupts.release();
  }
}

function describe(
  { identity }: WorkerIdentity,
  { name, kinds, local }: WorkerFlags,
  { home }: CommandContext,
): WorkerDescription {
  return {
    id: identity.id,
    name: name.slice(0, 200) || "worker",
    version: convkitVersion(),
    kinds: [...kinds],
    engines: identity.engines,
    datasets: listDatasets().map((dataset) => dataset.name),
    models: [...MODEL_NAMES],
    home: local ? home : null,
  };
}

/** @returns whether it found something else than what was known. */
async function probe(worker: WorkerIdentity, signal: AbortSignal): Promise<boolean> {
  const { engines, probedAt, probedWith } = worker.identity;
  const version = convkitVersion();
  if (probedWith === version && Date.now() - probedAt < PROBED_FOR_MS) return false;
  const found = await probeEngines(signal);
  worker.save({ engines: found, probedWith: version, probedAt: Date.now() });
  return JSON.stringify(found) !== JSON.stringify(engines);
}

function parseKinds(text: string): JobKind[] {
  const kinds = text.split(",").map((kind) => JobKind.safeParse(kind.trim()));
  const known = kinds.flatMap(({ data }) => data ?? []);
  if (known.length > 0 && known.length === kinds.length) return [...new Set(known)];
  throw new InvalidArgumentError(
    `Expected ${JobKind.options.join(", ")}, with commas between. Received: ${text}.`,
  );
}
