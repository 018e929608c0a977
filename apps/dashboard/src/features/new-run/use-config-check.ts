/** What the server says of the config that is being written, soon after each change. */
"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTRPC, useTRPCClient, type ConfigCheck } from "../../trpc/context";
import type { JsonObject } from "./json-value";

export type ConfigIssue = ConfigCheck["issues"][number];

export interface CheckedConfig {
  readonly issues: readonly ConfigIssue[];
  /** The issues are of an older state than the config. */
  readonly isBehind: boolean;
  readonly error: unknown;
}

const PAUSE_MS = 250;

export function useConfigCheck(config: JsonObject): CheckedConfig {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const [asked, setAsked] = useState(config);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(config), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [config]);
  const query = useQuery({
    queryKey: [...trpc.jobs.checkConfig.mutationKey(), asked],
    queryFn: () => client.jobs.checkConfig.mutate({ config: asked }),
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  return {
    issues: query.data?.issues ?? [],
    isBehind: asked !== config || query.isPlaceholderData || query.data === undefined,
    error: query.error,
  };
}
