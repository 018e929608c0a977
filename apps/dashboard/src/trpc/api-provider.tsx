/** The page's one cache of answers, and the client that fills it. */
"use client";
import type { AppRouter } from "@convkit/api";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient } from "@trpc/client";
import { useState, type ReactNode } from "react";
import { TRPCProvider } from "./context";
import { createLinks } from "./create-links";
import { signInPath } from "../features/accounts/safe-next";
import { isFinal, isSignedOut } from "./message-of-error";

export function ApiProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  const [client] = useState(() => createTRPCClient<AppRouter>({ links: createLinks() }));
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={client} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: leaveIfSignedOut }),
    mutationCache: new MutationCache({ onError: leaveIfSignedOut }),
    defaultOptions: {
      queries: {
        // The server tells of changes; asking again by itself would only cost.
        staleTime: 60_000,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        // The server is most often this machine: it answers without any network.
        networkMode: "always",
        retry: (count, error) => count < 2 && !isFinal(error),
      },
      mutations: { networkMode: "always" },
    },
  });
}

/** Nothing on the page can be read any more; after signing in it is as it was. */
function leaveIfSignedOut(error: unknown): void {
  if (isSignedOut(error)) window.location.assign(signInPath(window.location));
}
