/** What a page asks, asked by a test. */
import type { AppRouter } from "@convkit/api";
import { wireTransformers } from "@convkit/schema";
import { createTRPCClient, httpLink, type TRPCClient } from "@trpc/client";

export type Client = TRPCClient<AppRouter>;

export const clientOf = (url: string): Client =>
  createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${url}/api/trpc`, transformer: wireTransformers })],
  });
