/** `--server`: a run of the command line, told to a dashboard while it goes on. */
import { shipJournal, type WorkerClient } from "@convkit/client";

export interface RunDelivery {
  /** Begins once it is known where the run lies; later calls change nothing. */
  begin(folder: string, until: Promise<unknown>): void;
  /** The user does not want to wait for the rest for ever, or at all. */
  hurry(): void;
  giveUp(): void;
  /** Resolves with what went wrong; null if the server has everything. */
  end(): Promise<Error | null>;
}

/** So long the rest of an interrupted run may take. */
const LAST_MS = 15_000;

export function createRunDelivery(client: WorkerClient, note: (text: string) => void): RunDelivery {
  const givingUp = new AbortController();
  let delivery: Promise<Error | null> | undefined;
  let isWaited = false;
  let left = "";
  const giveUp = () => givingUp.abort(new Error("given up"));
  const ship = async (folder: string, until: Promise<unknown>): Promise<Error | null> => {
    try {
      await shipJournal({
        client,
        folder,
        until,
        signal: givingUp.signal,
        onState: ({ journalBytes, shippedBytes, filesLeft }) => {
          left = `${Math.ceil((journalBytes - shippedBytes) / 1000)} kB of events and ${filesLeft} files`;
        },
      });
      return null;
    } catch (error) {
      if (givingUp.signal.aborted) {
        return new Error(
          `The server has not taken everything (${left} are left in ${folder}): \`convkit worker --server ${client.url}\` ` +
            "with this home sends the rest.",
        );
      }
      if (!isWaited) note(`${(error as Error).message} The run goes on, and stays on this disk.`);
      return error as Error;
    }
  };
  return {
    begin: (folder, until) => void (delivery ??= ship(folder, until)),
    hurry: () => void setTimeout(giveUp, LAST_MS).unref(),
    giveUp,
    async end() {
      isWaited = true;
      if (!delivery) return null;
      const waiting = setTimeout(
        () => note(`Waiting for ${client.url} to take the rest: ${left}. Ctrl-C ends the waiting.`),
        1000,
      );
      try {
        return await delivery;
      } finally {
        clearTimeout(waiting);
      }
    },
  };
}
