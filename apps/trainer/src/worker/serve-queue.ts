/** A worker from its start to its end: who it is, what it can, what Ctrl-C means to it. */
import { listDatasets } from "@convkit/data";
import { MODEL_NAMES } from "@convkit/models/names";
import type { JobKind, WorkerDescription } from "@convkit/schema";
import { print, printJson, type CommandContext } from "../commands/command-context.js";
import { clientOf, type ServerFlags } from "../commands/server-options.js";
import { EXIT_CODES } from "../exit-codes.js";
import { convkitVersion } from "../host/versions.js";
import { watchInterrupts } from "../process/interrupts.js";
import { probeEngines } from "./probe-engines.js";
import { runWorker } from "./run-worker.js";
import { takeIdentity, type WorkerIdentity } from "./worker-identity.js";
import type { WorkerHost } from "./worker-host.js";

export interface WorkerFlags extends ServerFlags {
  readonly server: string;
  readonly name: string;
  readonly kinds: readonly JobKind[];
  readonly once: boolean;
  readonly local: boolean;
  readonly json: boolean;
}

/** What an engine was found to be is believed for so long. */
const PROBED_FOR_MS = 24 * 3600 * 1000;

/** Until the user ends it, or after one job. */
export async function serveQueue(flags: WorkerFlags, context: CommandContext): Promise<void> {
  const { kinds, once, local, json } = flags;
  const note = (text: string) => (json ? printJson(context, { type: "note", text }) : print(context, [text]));
  const stopping = new AbortController();
  const { ppid: parent } = process;
  const host: WorkerHost = {
    // Another server may have come in its place, which knows nothing of this worker.
    client: await clientOf(flags, { note, onBack: () => void register().catch(() => undefined) }),
    context,
    isLocal: local,
    json,
    stopping: stopping.signal,
    children: new Set(),
    delivering: new Set(),
    // A dashboard that was killed and started anew brings another one.
    isWanted: () => !local || process.ppid === parent,
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
    stopping.abort("the worker has ended");
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
  signal.throwIfAborted();
  worker.save({ engines: found, probedWith: version, probedAt: Date.now() });
  return JSON.stringify(found) !== JSON.stringify(engines);
}
