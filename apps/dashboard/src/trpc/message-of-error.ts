/** What a failed call says to the reader. */
import type { AppRouter } from "@convkit/api";
import { TRPCClientError } from "@trpc/client";

export function messageOfError(error: unknown): string {
  if (isCallError(error) && !error.data) {
    return "The dashboard's server does not answer. Is `convkit dashboard` still running?";
  }
  return error instanceof Error ? error.message : String(error);
}

/** Where in a filter's text the error lies; null if it is about something else. */
export function positionOfError(error: unknown): number | null {
  return isCallError(error) ? (error.data?.position ?? null) : null;
}

export function isNotFound(error: unknown): boolean {
  return isCallError(error) && error.data?.code === "NOT_FOUND";
}

/** The session is over, or somebody else ended it. */
export function isSignedOut(error: unknown): boolean {
  return isCallError(error) && error.data?.code === "UNAUTHORIZED";
}

/** The same call again would say the same. */
export function isFinal(error: unknown): boolean {
  return isCallError(error) && error.data != null && error.data.httpStatus < 500;
}

function isCallError(error: unknown): error is TRPCClientError<AppRouter> {
  return error instanceof TRPCClientError;
}
