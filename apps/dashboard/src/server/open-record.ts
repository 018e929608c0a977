/** All that the server answers from, and what it does by itself while it runs. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createRunChanges, type ApiContext } from "@convkit/api";
import {
  createDiskBlobStore,
  createLocalToken,
  enqueueJob,
  finishDeletions,
  listDatasetsToInspect,
  openAccounts,
  openDatabase,
  openQueue,
  revokeApiToken,
  watchJournals,
  type Database,
  type Queue,
} from "@convkit/db";

export interface OpenRecordOptions {
  /** Absolute path of CONVKIT_HOME. */
  readonly home: string;
  readonly databaseUrl?: string | undefined;
  /** Where people sign in; null: this machine's user needs no account. */
  readonly accounts: { readonly secret: string; readonly baseUrl: string } | null;
  /** Seconds after which a worker that is not heard of is believed lost. */
  readonly heartbeatSeconds?: number | undefined;
  readonly signal: AbortSignal;
  readonly onProblem: (message: string) => void;
}

export interface OpenRecord {
  readonly database: Database;
  readonly context: Omit<ApiContext, "caller">;
  /** A token for the local worker, where one is demanded; revoked at the end, or by the next start. */
  createWorkerToken(): Promise<string | undefined>;
  close(): Promise<void>;
}

const INSPECTIONS_INTERVAL_MS = 5000;

export async function openRecord(options: OpenRecordOptions): Promise<OpenRecord> {
  const { home, databaseUrl, signal, onProblem, heartbeatSeconds } = options;
  const database = await openDatabase({ home, url: databaseUrl });
  const blobs = createDiskBlobStore(join(home, "blobs"));
  const say = (error: unknown) => onProblem((error as Error).message);
  const stored = await blobs.sweep().catch((error: unknown) => {
    say(error);
    return [];
  });
  const [queue, accounts] = await Promise.all([
    openQueue(database, { onProblem, ...(heartbeatSeconds && { heartbeatSeconds }) }),
    options.accounts && openAccounts(database, options.accounts),
  ]).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  const tokens: string[] = [];
  const work = [
    // A folder that cannot be deleted is left for the next start, and no reason not to read the journals.
    finishDeletions(database, { blobs, home, stored })
      .catch(say)
      .then(() =>
        watchJournals(database, {
          home,
          blobs,
          signal,
          onProblem: ({ path, message }) => onProblem(`${path}: ${message}`),
        }),
      )
      .catch(say),
    orderInspections(queue, { home, signal, onProblem }),
  ];
  return {
    database,
    context: { database, blobs, queue, home, accounts, changes: createRunChanges(database, signal) },
    createWorkerToken: async () => {
      if (!accounts) return undefined;
      const { id, token } = await createLocalToken(database, home);
      tokens.push(id);
      return token;
    },
    close: async () => {
      await Promise.all(work);
      for (const id of tokens) await revokeApiToken(database, id);
      await queue.close();
      await database.close();
    },
  };
}

/** Has workers look at the data sets that they trained on, and make small pictures of them, where pages lack either. */
async function orderInspections(
  queue: Queue,
  { home, signal, onProblem }: Pick<OpenRecordOptions, "home" | "signal" | "onProblem">,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(INSPECTIONS_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      for (const { workerId, ...wanted } of await listDatasetsToInspect(queue.database, home)) {
        await enqueueJob(queue, { kind: "inspect", ...wanted }, { onlyWorker: workerId });
      }
    } catch (error) {
      // The database is away: there is a next round.
      onProblem((error as Error).message);
    }
  }
}
