/** `--server`: a sweep's runs, told to a dashboard while the sweep goes on. */
import { shipJournal, type WorkerClient } from "@convkit/client";

export interface SweepDelivery {
  /** Of runs that have ended, in this order: what the server has not got of them yet. */
  catchUp(folders: readonly string[]): void;
  /** A run that is being written to, until `until` settles. No trial waits for it. */
  follow(folder: string, until: Promise<unknown>): void;
  /** The user does not want to wait for the rest for ever, or at all. */
  hurry(): void;
  giveUp(): void;
  /** Resolves with what went wrong first; null if the server has everything. */
  end(): Promise<Error | null>;
}

/** So long the rest of an interrupted sweep may take. */
const LAST_MS = 15_000;

export function createSweepDelivery(client: WorkerClient, note: (text: string) => void): SweepDelivery {
  const givingUp = new AbortController();
  const { signal } = givingUp;
  /** By folder, as a run that goes on in a later rung has one journal: two deliveries of it would count apart. */
  const shipments = new Map<string, Promise<void>>();
  let failure: Error | null = null;
  const ship = async (folder: string, until: Promise<unknown>): Promise<void> => {
    try {
      await shipJournal({ client, folder, until, signal });
    } catch (error) {
      if (failure) return;
      failure = signal.aborted
        ? new Error(
            `The server at ${client.url} has not taken everything: the same \`convkit sweep\` sends the rest.`,
          )
        : (error as Error);
      if (!signal.aborted) note(`${failure.message} The sweep goes on, and its runs stay on this disk.`);
    }
  };
  const giveUp = () => givingUp.abort(new Error("given up"));
  const follow = (folder: string, until: Promise<unknown>): void => {
    const before = shipments.get(folder) ?? Promise.resolve();
    shipments.set(
      folder,
      before.then(() => ship(folder, until)),
    );
  };
  return {
    catchUp(folders) {
      let before: Promise<void> = Promise.resolve();
      for (const folder of folders) {
        before = before.then(() => ship(folder, Promise.resolve()));
        shipments.set(folder, before);
      }
    },
    follow,
    hurry: () => void setTimeout(giveUp, LAST_MS).unref(),
    giveUp,
    async end() {
      const waiting = setTimeout(
        () => note(`Waiting for ${client.url} to take the rest. Ctrl-C ends the waiting.`),
        1000,
      );
      try {
        await Promise.all(shipments.values());
        return failure;
      } finally {
        clearTimeout(waiting);
      }
    },
  };
}
