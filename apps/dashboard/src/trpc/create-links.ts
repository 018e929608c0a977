/** How calls travel: quick ones together, slow ones alone so that nothing waits for them, changes as events. */
import type { AppRouter } from "@convkit/api";
import { wireTransformers } from "@convkit/schema/wire";
import { httpBatchLink, httpLink, httpSubscriptionLink, splitLink, type TRPCLink } from "@trpc/client";

/** They read curves or pictures, or resample them. */
const SLOW = new Set([
  "runs.series",
  "runs.parallel",
  "runs.pictures",
  "runs.disagreements",
  "runs.group",
  "runs.verdict",
]);

export function createLinks(): TRPCLink<AppRouter>[] {
  const options = { url: "/api/trpc", transformer: wireTransformers };
  return [
    splitLink({
      condition: ({ type }) => type === "subscription",
      true: httpSubscriptionLink(options),
      false: splitLink({
        condition: ({ path }) => SLOW.has(path),
        true: httpLink(options),
        // Node refuses requests whose head is larger than 16 KiB.
        false: httpBatchLink({ ...options, maxURLLength: 12_000 }),
      }),
    }),
  ];
}
