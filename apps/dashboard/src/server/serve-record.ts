/** All that answers from the record: calls, files and sign-in. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { appRouter } from "@convkit/api";
import { createSetupInvitation } from "@convkit/db";
import { nodeHTTPRequestHandler } from "@trpc/server/adapters/node-http";
import { findCaller } from "./find-caller.js";
import { openRecord, type OpenRecord, type OpenRecordOptions } from "./open-record.js";
import { serveFile } from "./serve-files.js";
import { serveSignIn } from "./serve-sign-in.js";

export interface RecordServer extends Pick<OpenRecord, "createWorkerToken" | "close"> {
  /** Where the first administrator makes an account; null if there is one, or nobody signs in. */
  readonly setupUrl: string | null;
  /** Answers `/api/…`. @returns false if there is nothing of that path, and nothing was answered. */
  serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean>;
  /** Whether somebody has signed in, or shows a token. */
  isKnown(request: IncomingMessage): Promise<boolean>;
}

export interface RecordServerOptions extends OpenRecordOptions {
  /** Where people reach the dashboard. */
  readonly url: string;
}

const LARGEST_CALL_BYTES = 16 * 1024 * 1024;

export async function openRecordServer(options: RecordServerOptions): Promise<RecordServer> {
  const { url } = options;
  const { database, context, createWorkerToken, close } = await openRecord(options);
  const invitation =
    context.accounts &&
    (await createSetupInvitation(database).catch(async (error: unknown) => {
      await close();
      throw error;
    }));
  return {
    createWorkerToken,
    close,
    setupUrl: invitation && `${url}/sign-up?invitation=${invitation}`,
    isKnown: async (request) => (await findCaller(request, context)) !== null,
    serve: async (request, response, path) => {
      if (context.accounts && path.startsWith("/api/auth/")) {
        await serveSignIn(request, response, { accounts: context.accounts, baseUrl: url });
        return true;
      }
      const caller = await findCaller(request, context);
      if (!path.startsWith("/api/trpc/")) return serveFile(request, response, { ...context, caller });
      await nodeHTTPRequestHandler({
        router: appRouter,
        req: request,
        res: response,
        path: path.slice("/api/trpc/".length),
        createContext: () => ({ ...context, caller }),
        maxBodySize: LARGEST_CALL_BYTES,
      });
      return true;
    },
  };
}
