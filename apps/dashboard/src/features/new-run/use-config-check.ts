/** What the server says of the config that is being written, soon after each change. */
"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useTRPC, useTRPCClient } from "../../trpc/context";
import type { JsonObject } from "./json-value";
import { unfoldIssues, type PlacedIssue } from "./unfold-issues";

export interface CheckedConfig {
  readonly issues: readonly PlacedIssue[];
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
  const issues = useMemo(() => unfoldIssues(query.data?.issues ?? []), [query.data]);
  return {
    issues,
    isBehind: asked !== config || query.isPlaceholderData || query.data === undefined,
    error: query.error,
  };
}
