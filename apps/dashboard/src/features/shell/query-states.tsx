/** What stands in place of an answer that is still coming, or does not come. */
"use client";
import { ErrorState, Skeleton } from "@convkit/ui";
import type { ReactNode } from "react";
import { isNotFound, messageOfError } from "../../trpc/message-of-error";

interface Answer<Data> {
  readonly data: Data | undefined;
  readonly error: unknown;
  readonly isFetching: boolean;
  refetch(): unknown;
}

export interface QueryStateProps<Data> {
  query: Answer<Data>;
  /** Shape of what is coming. */
  skeleton?: ReactNode;
  children: (data: Data) => ReactNode;
}

/** Data that is there stays, whatever becomes of the next answer. */
export function QueryState<Data>({ query, skeleton, children }: QueryStateProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) {
    const missing = isNotFound(query.error);
    return (
      <ErrorState
        {...(missing ? { title: "There is nothing here" } : {})}
        message={messageOfError(query.error)}
        {...(!missing && { onRetry: () => void query.refetch(), retrying: query.isFetching })}
      />
    );
  }
  return (
    <div aria-busy="true" aria-label="Loading">
      {skeleton ?? <SkeletonLines />}
    </div>
  );
}

export function SkeletonLines({ lines = 6 }: { lines?: number }) {
  const widths = ["w-3/5", "w-4/5", "w-2/5", "w-2/3"];
  return (
    <div className="flex flex-col gap-3 p-4">
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} className={widths[index % widths.length] ?? ""} />
      ))}
    </div>
  );
}

export function SkeletonCards({ count = 4, height = "h-72" }: { count?: number; height?: string }) {
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="rounded-lg border border-line bg-surface p-4">
          <Skeleton className="mb-4 w-32" />
          <Skeleton className={`${height} w-full`} />
        </div>
      ))}
    </div>
  );
}

/** While a tab's script is on its way. */
export function TabSkeleton() {
  return (
    <div aria-busy="true" aria-label="Loading">
      <SkeletonLines />
    </div>
  );
}
