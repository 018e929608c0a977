/** What happened, line by line, as it happens: each look asks only for what came since. */
"use client";
import { Card, ErrorState, LogView } from "@convkit/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useTRPCClient, type RunDetail } from "../../trpc/context";
import { useRunChanges } from "../../trpc/live-provider";
import { messageOfError } from "../../trpc/message-of-error";
import { SkeletonLines } from "../shell/query-states";
import { toLogLine } from "./log-lines";

const PAGE = 1000;

export function LogTab({ run }: { run: RunDetail }) {
  const { data, error, isFetching, refetch, fetchNextPage } = useLogPages(run.id);
  const lines = useMemo(() => data?.pages.flatMap((page) => page.map(toLogLine)) ?? [], [data]);
  const isWhole = (data?.pages.at(-1)?.length ?? 0) < PAGE;

  useEffect(() => {
    if (data && !isWhole && !isFetching) void fetchNextPage();
  }, [data, isWhole, isFetching, fetchNextPage]);
  useRunChanges((changes) => {
    if (changes === null || changes.has(run.id)) void fetchNextPage({ cancelRefetch: false });
  });

  if (error && !data) return <ErrorState message={messageOfError(error)} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonLines lines={10} />;
  return (
    <Card flush>
      <LogView label="Log" lines={lines} follow={run.status === "running"} height={620} />
    </Card>
  );
}

function useLogPages(runId: string) {
  const client = useTRPCClient();
  return useInfiniteQuery({
    queryKey: [["runs", "log"], { input: { runId }, type: "follow" }],
    queryFn: ({ pageParam, signal }) =>
      client.runs.log.query({ runId, after: pageParam, limit: PAGE }, { signal }),
    initialPageParam: 0,
    // An empty page is no end: the next look goes on behind the last line there is.
    getNextPageParam: (_, pages) => pages.findLast((page) => page.length > 0)?.at(-1)?.id ?? 0,
    staleTime: Infinity,
  });
}
