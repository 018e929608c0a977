/**
 * Who a worker is: `worker.json` in its home, so that one that comes back is the same one. A second worker of the same
 * home at the same time, say for another GPU, is another one: `worker-2.json`, and so on.
 */
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WorkerDescription } from "@convkit/schema";
import { RunBusyError, takeLock } from "@convkit/trainer/run-files";
import { z } from "zod";

const Identity = z.object({
  formatVersion: z.literal(1),
  id: z.uuid(),
  /** As they were found last, by which version, and when. */
  engines: WorkerDescription.shape.engines.default([]),
  probedWith: z.string().default(""),
  /** Milliseconds since the epoch. */
  probedAt: z.number().default(0),
});
export type Identity = z.infer<typeof Identity>;

export interface WorkerIdentity {
  readonly identity: Identity;
  save(changes: Partial<Identity>): void;
  /** Lets the next worker of this home be this one. */
  release(): void;
}

/** The first one that no other process is. */
export function takeIdentity(home: string): WorkerIdentity {
  mkdirSync(home, { recursive: true });
  for (let number = 1; ; number++) {
    const path = join(home, number === 1 ? "worker" : `worker-${number}`);
    const release = takeUnlessBusy(`${path}.lock`);
    if (release) return open(`${path}.json`, release);
  }
}

/** @returns what gives it back. */
function takeUnlessBusy(lock: string): (() => void) | undefined {
  try {
    return takeLock(lock);
  } catch (error) {
    if (error instanceof RunBusyError) return undefined;
    throw error;
  }
}

function open(path: string, release: () => void): WorkerIdentity {
  let identity = read(path) ?? Identity.parse({ formatVersion: 1, id: randomUUID() });
  const save = (changes: Partial<Identity>): void => {
    identity = { ...identity, ...changes };
    writeFileSync(`${path}.tmp`, `${JSON.stringify(identity, null, 2)}\n`);
    renameSync(`${path}.tmp`, path);
  };
  save({});
  return {
    get identity() {
      return identity;
    },
    save,
    release,
  };
}

function read(path: string): Identity | null {
  try {
    return Identity.safeParse(JSON.parse(readFileSync(path, "utf8"))).data ?? null;
  } catch {
    return null;
  }
}
