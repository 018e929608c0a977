/** A report in plain sentences, as the server makes them of it, before any figure. */
"use client";
import { Card } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../trpc/context";
import { SkeletonLines } from "../shell/query-states";

/** Nothing where there are no sentences: the figures below say it too. */
export function InShort({ runId, split }: { runId: string; split: string }) {
  const trpc = useTRPC();
  const { data: parts, isPending } = useQuery(trpc.runs.summary.queryOptions({ runId, split }));
  if (!isPending && !parts?.length) return null;
  return (
    <Card title="In short">
      {!parts ? (
        <div aria-busy="true" aria-label="Loading">
          <SkeletonLines />
        </div>
      ) : (
        <div className="grid gap-x-8 gap-y-4 md:grid-cols-2">
          {parts.map(({ heading, sentences }) => (
            <div key={heading} className="min-w-0">
              <h3 className="text-sm font-medium text-ink">{heading}</h3>
              {sentences.map((sentence) => (
                <p key={sentence} className="mt-1 max-w-prose text-sm break-words text-ink-2">
                  {sentence}
                </p>
              ))}
            </div>
          ))}
        </div>
      )}
    </Card>
  );
}
