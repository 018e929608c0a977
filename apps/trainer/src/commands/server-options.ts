/** `--server` and `--token`: which server a command talks to, and with what it is let in. */
import type { WorkerClient } from "@convkit/client";
import { Option, type Command } from "commander";
import { serverToken } from "../env.js";

export interface ServerFlags {
  readonly server?: string;
  readonly token?: string;
}

export function addServerOptions(
  command: Command,
  { purpose, isRequired = false }: { readonly purpose: string; readonly isRequired?: boolean },
): Command {
  return command
    .addOption(new Option("--server <url>", purpose).makeOptionMandatory(isRequired))
    .option("--token <token>", "lets the command in there (default: CONVKIT_TOKEN)");
}

export interface ClientHooks {
  /** Told once that the server is away, and once that it is back. */
  readonly note: (text: string) => void;
  readonly onBack?: () => void;
}

export async function clientOf(
  { server, token }: ServerFlags & { readonly server: string },
  { note, onBack }: ClientHooks,
): Promise<WorkerClient> {
  const { createWorkerClient } = await import("@convkit/client");
  const client: WorkerClient = createWorkerClient({
    url: server,
    token: token ?? serverToken(),
    onConnection(failure) {
      note(failure === null ? `The server at ${client.url} is back.` : `${failure.message} Trying on.`);
      if (failure === null) onBack?.();
    },
  });
  return client;
}

/** @returns undefined where no server is to be told. */
export function deliveryTo({
  server,
  ...flags
}: ServerFlags): ((note: (text: string) => void) => Promise<WorkerClient>) | undefined {
  return server === undefined ? undefined : (note) => clientOf({ ...flags, server }, { note });
}
