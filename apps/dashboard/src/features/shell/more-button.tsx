/** The way to a list's next page. */
"use client";
import { Button } from "@convkit/ui";
import type { ReactNode } from "react";
import { messageOfError } from "../../trpc/message-of-error";

interface Pages {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly isFetchNextPageError: boolean;
  readonly error: unknown;
  fetchNextPage(): unknown;
}

export interface MoreButtonProps {
  query: Pages;
  children?: ReactNode;
}

/** Nothing on the last page. */
export function MoreButton({ query, children = "Show more" }: MoreButtonProps) {
  if (!query.hasNextPage) return null;
  return (
    <div className="mt-3 flex flex-col items-center gap-2">
      {query.isFetchNextPageError && (
        <p role="alert" className="text-sm text-bad">
          {messageOfError(query.error)}
        </p>
      )}
      <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {children}
      </Button>
    </div>
  );
}
