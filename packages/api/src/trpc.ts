/** What every router is made of: the context of a call, who may call, and errors as the caller sees them. */
import { wireTransformers } from "@convkit/schema";
import type { Accounts, BlobStore, Database, Queue } from "@convkit/db";
import { initTRPC, TRPCError } from "@trpc/server";
import { z } from "zod";
import { codeOfError } from "./code-of-error.js";
import type { RunChanges } from "./run-changes.js";

/** Who calls. On loopback without sign-in everyone is the machine's own user. */
export type Caller =
  | { readonly kind: "user"; readonly id: string; readonly name: string; readonly isAdmin: boolean }
  /** A worker on a GPU host, by its API token: it reaches the worker's procedures and no other. */
  | {
      readonly kind: "worker";
      readonly tokenId: string;
      readonly name: string;
      /** The token is that of the worker which comes with this dashboard. */
      readonly isLocal: boolean;
    };

export interface ApiContext {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly queue: Queue;
  /** Absolute path of CONVKIT_HOME. */
  readonly home: string;
  readonly changes: RunChanges;
  /** null: nobody signs in, since the server is bound to this machine alone. */
  readonly accounts: Accounts | null;
  /** null: not signed in. */
  readonly caller: Caller | null;
}

const t = initTRPC.context<ApiContext>().create({
  transformer: wireTransformers,
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    // What zod found wrong, as sentences.
    message: error.cause instanceof z.ZodError ? z.prettifyError(error.cause) : shape.message,
    data: {
      code: shape.data.code,
      httpStatus: shape.data.httpStatus,
      /** Class of the error below, such as RunFilterError. */
      name: error.cause?.name ?? error.name,
      /** Place in the text that the error is about. */
      position: (error.cause as { position?: number } | undefined)?.position ?? null,
    },
  }),
  sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 45_000 } },
});

export const { router, createCallerFactory } = t;

/** Errors of the record become the caller's; what nobody foresaw stays within, but for its message. */
const domainErrors = t.middleware(async ({ next }) => {
  const result = await next();
  if (result.ok) return result;
  const { cause } = result.error;
  const code = cause && codeOfError(cause);
  if (cause && code) throw new TRPCError({ code, message: cause.message, cause });
  return result;
});

/** For everybody, signed in or not. */
export const publicProcedure = t.procedure.use(domainErrors);

/** For whoever is signed in as a user. */
export const userProcedure = publicProcedure.use(({ ctx, next }) => {
  if (ctx.caller?.kind !== "user") {
    throw new TRPCError({ code: "UNAUTHORIZED", message: "Expected a signed-in user. Sign in first." });
  }
  return next({ ctx: { ...ctx, caller: ctx.caller } });
});

/** For workers by their token, and for users. */
export const workerProcedure = publicProcedure.use(({ ctx, next }) => {
  if (!ctx.caller) {
    const message =
      "Expected an API token of this server. Received: none, or one that was revoked. `convkit worker --token` takes it.";
    throw new TRPCError({ code: "UNAUTHORIZED", message });
  }
  return next({ ctx: { ...ctx, caller: ctx.caller } });
});

/** For administrators: what opens the door to others. */
export const adminProcedure = userProcedure.use(({ ctx, next }) => {
  if (!ctx.caller.isAdmin) {
    throw new TRPCError({ code: "FORBIDDEN", message: "Expected an administrator. Ask one of yours." });
  }
  return next();
});
