/** On the page of a run that waits: its place in the queue, and whether anyone is there to take it. */
"use client";
import { Card, Icon } from "@convkit/ui";
import { Link } from "../shell/link";
import type { RunDetail } from "../../trpc/context";
import { useNow } from "../shell/use-now";
import { NoWorkerHelp } from "./no-worker";
import { useNextJobs, useWorkers } from "./use-jobs";
import { isHere } from "./worker-standing";

export function QueuedNotice({ run }: { run: RunDetail }) {
  const nowMs = useNow();
  const waiting = useNextJobs().data?.jobs.filter(({ state }) => state === "waiting");
  const workers = useWorkers().data;
  const place = waiting?.findIndex(({ runId }) => runId === run.id) ?? -1;
  const isAlone =
    nowMs !== null &&
    workers !== undefined &&
    !workers.some((worker) => worker.description.kinds.includes("train") && isHere(worker, nowMs));
  return (
    <Card>
      <p className="text-sm text-ink-2">
        This run waits in the{" "}
        <Link href="/queue" className="text-accent underline underline-offset-2 hover:no-underline">
          queue
        </Link>
        {place === 0 && ": it is the next one"}
        {place === 1 && ": one job is before it"}
        {place > 1 && `: ${place} jobs are before it`}. Its curves appear here while it learns.
      </p>
      {isAlone && (
        <div className="mt-3 border-t border-line pt-3">
          <p className="mb-2 flex items-start gap-2 text-sm text-warn">
            <Icon name="alert" className="mt-0.5" />
            No worker is here that could train it.
          </p>
          <NoWorkerHelp />
        </div>
      )}
    </Card>
  );
}
