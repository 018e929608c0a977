/** The queue as it is now: read again when a run changes, and every few seconds for what no run tells. */
"use client";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useToast } from "@convkit/ui";
import { useTRPC, useTRPCClient, type JobRow, type RunDetail } from "../../trpc/context";
import { useRunChanges } from "../../trpc/live-provider";
import { messageOfError } from "../../trpc/message-of-error";
import { moveJob } from "./move-job";

const AGAIN_MS = 8000;
const PAGE = 100;
/** Among so many a run that waits finds its place. */
const MOST_JOBS = 1000;

export function useJobPages({ ended }: { ended: boolean }) {
  const trpc = useTRPC();
  return useInfiniteQuery(
    trpc.jobs.list.infiniteQueryOptions(
      { ended, limit: PAGE },
      { getNextPageParam: ({ nextCursor }) => nextCursor, refetchInterval: AGAIN_MS },
    ),
  );
}

/** Those that come up next. */
export function useNextJobs() {
  const trpc = useTRPC();
  return useQuery({ ...trpc.jobs.list.queryOptions({ limit: MOST_JOBS }), refetchInterval: AGAIN_MS });
}

export function useWorkers() {
  const trpc = useTRPC();
  return useQuery({ ...trpc.jobs.workers.queryOptions(), refetchInterval: AGAIN_MS });
}

/** Keeps the queue that is on the page at one with the runs. */
export function useLiveQueue(): void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  useRunChanges(() => void queryClient.invalidateQueries({ queryKey: trpc.jobs.pathKey() }));
}

/** The job that trains a run, or will; undefined while that is not known. */
export function useJobOfRun({ id, status }: Pick<RunDetail, "id" | "status">): JobRow | null | undefined {
  const trpc = useTRPC();
  const isOpen = status === "queued" || status === "running";
  const { data } = useQuery({
    ...trpc.jobs.list.queryOptions({ runId: id }),
    refetchInterval: AGAIN_MS,
    enabled: isOpen,
  });
  if (!isOpen) return null;
  return data && (data.jobs.find(({ kind }) => kind === "train") ?? null);
}

export function useJobActions() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const toast = useToast();
  const queryClient = useQueryClient();
  const refresh = async () => {
    await queryClient.invalidateQueries({ queryKey: trpc.jobs.pathKey() });
    await queryClient.invalidateQueries({ queryKey: trpc.runs.pathKey() });
  };
  const refuse = (title: string) => (error: unknown) => {
    toast({ title, description: messageOfError(error), tone: "bad" });
    // It is no longer what it was taken for.
    void queryClient.invalidateQueries({ queryKey: trpc.jobs.pathKey() });
  };
  const end = useMutation(
    trpc.jobs.end.mutationOptions({ onSuccess: refresh, onError: refuse("The job goes on") }),
  );
  const move = useMutation({
    mutationFn: async ({ waiting, id, step }: { waiting: readonly JobRow[]; id: string; step: 1 | -1 }) => {
      for (const change of moveJob(waiting, id, step)) await client.jobs.prioritize.mutate(change);
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.jobs.list.pathKey() }),
    onError: refuse("The order stays as it was"),
  });
  const resume = useMutation(
    trpc.jobs.resume.mutationOptions({
      onSuccess: async () => {
        toast({
          title: "The run waits to go on",
          description: "It begins where its newest checkpoint is.",
          tone: "good",
        });
        await refresh();
      },
      onError: refuse("The run cannot go on from here"),
    }),
  );
  return { end, move, resume };
}
