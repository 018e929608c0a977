/**
 * Follows the changes of runs: what is on the page is read again when it has changed, and a lost connection is known.
 * A browser keeps few connections to one server, so a page that nobody sees gives its own back.
 */
"use client";
import { skipToken, useQueryClient, type QueryState } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import {
  createContext,
  use,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";
import { createChangeGatherer, type ChangeGatherer, type RunChanges } from "./change-gatherer";
import { useTRPC } from "./context";
import { asksAbout, isListQuery } from "./query-of-run";

type Listener = (changes: RunChanges) => void;

interface Live {
  /** False while the server cannot be reached. */
  readonly connected: boolean;
  listen(listener: Listener): () => void;
}

const LiveContext = createContext<Live>({ connected: true, listen: () => () => undefined });

export const useConnected = () => use(LiveContext).connected;

/** Calls back about once a second while runs change. */
export function useRunChanges(listener: Listener): void {
  const { listen } = use(LiveContext);
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => listen((changes) => latest.current(changes)), [listen]);
}

const NEAR_MS = 1000;
const LISTS_MS = 8000;
const RETRY_MS = 2000;

export function LiveProvider({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const visible = useSyncExternalStore(followVisibility, isVisible, () => true);
  const [listeners] = useState(() => new Set<Listener>());
  const gatherers = useRef<{ near: ChangeGatherer; lists: ChangeGatherer }>(null);

  useEffect(() => {
    const near = createChangeGatherer((changes) => {
      // Where nobody knows what changed, everything that may have is read again.
      if (changes === null) void queryClient.invalidateQueries();
      else void queryClient.invalidateQueries({ predicate: ({ queryKey }) => asksAbout(queryKey, changes) });
      for (const listener of listeners) listener(changes);
    }, NEAR_MS);
    const lists = createChangeGatherer(
      () => void queryClient.invalidateQueries({ predicate: ({ queryKey }) => isListQuery(queryKey) }),
      LISTS_MS,
    );
    gatherers.current = { near, lists };
    return () => {
      near.stop();
      lists.stop();
    };
  }, [queryClient, listeners]);

  /** Whether the next connection is the first one, and nothing went wrong before it. */
  const isFirst = useRef(true);
  const { status, error, reset } = useSubscription(
    trpc.runs.changes.subscriptionOptions(visible ? undefined : skipToken, {
      onData: ({ data: { runId } }) => {
        // The page's own first reads need no second.
        if (runId === null && isFirst.current) {
          isFirst.current = false;
          return;
        }
        gatherers.current?.near.add(runId);
        if (runId !== null) gatherers.current?.lists.add(runId);
      },
    }),
  );
  useEffect(() => {
    if (status !== "error") return;
    const timer = setTimeout(reset, RETRY_MS);
    return () => clearTimeout(timer);
  }, [status, error, reset]);

  const connected = status !== "error" && (status !== "connecting" || error === null);
  const wasCut = useRef(false);
  useEffect(() => {
    if (connected && wasCut.current) {
      // The server tells of what changed meanwhile. What was told before, and could then not be read, is read now.
      void queryClient.invalidateQueries({
        predicate: ({ state }) => state.isInvalidated || hasFailed(state),
      });
      for (const listener of listeners) listener(null);
    }
    wasCut.current = !connected;
    // What was read before the connection came about may have changed while it was tried for.
    if (!connected) isFirst.current = false;
  }, [connected, queryClient, listeners]);
  const live = useMemo<Live>(
    () => ({
      connected,
      listen(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    }),
    [connected, listeners],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
}

const hasFailed = ({ status, fetchFailureCount }: QueryState) => status === "error" || fetchFailureCount > 0;
const isVisible = () => document.visibilityState === "visible";

function followVisibility(onChange: () => void): () => void {
  document.addEventListener("visibilitychange", onChange);
  return () => document.removeEventListener("visibilitychange", onChange);
}
