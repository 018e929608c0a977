/** A place for what one command finds: what it found, or in words what it would and how it is asked for. */
"use client";
import { Card, CopyButton } from "@convkit/ui";
import type { ReactNode } from "react";
import { QueryState, SkeletonLines } from "../shell/query-states";

export interface DocumentQuery<Document> {
  readonly data: { readonly document: Document | null; readonly problem: string | null } | undefined;
  readonly error: unknown;
  readonly isFetching: boolean;
  refetch(): unknown;
}

export interface InsightSectionProps<Document> {
  title: string;
  query: DocumentQuery<Document>;
  /** A sentence. */
  tells: string;
  /** That leaves the document: `convkit explain <id>`. */
  command: string;
  detail?: (document: Document) => ReactNode;
  children: (document: Document) => ReactNode;
}

export function InsightSection<Document>(props: InsightSectionProps<Document>) {
  const { title, query, tells, command, detail, children } = props;
  const document = query.data?.document ?? null;
  return (
    <Card title={title} detail={document !== null && detail?.(document)}>
      <QueryState query={query} skeleton={<SkeletonLines lines={3} />}>
        {({ problem }) =>
          document !== null ? (
            children(document)
          ) : (
            <div className="flex flex-col gap-2 text-sm text-ink-2">
              {problem !== null && (
                <p role="note" className="rounded-md bg-warn-soft px-3 py-2 break-words text-warn">
                  {problem}
                </p>
              )}
              <p>{tells}</p>
              <CommandLine command={command} />
            </div>
          )
        }
      </QueryState>
    </Card>
  );
}

export function CommandLine({ command }: { command: string }) {
  return (
    <div className="flex max-w-full items-center gap-1 self-start rounded-md bg-sunken py-0.5 pr-0.5 pl-3">
      <code className="min-w-0 font-mono text-xs break-all text-ink">{command}</code>
      <CopyButton text={command} label={`Copy ${command}`} />
    </div>
  );
}
