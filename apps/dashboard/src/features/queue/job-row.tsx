/** One job of the queue that waits or is at work, with what can be done about it. */
"use client";
import {
  Badge,
  Button,
  formatDuration,
  formatRelativeTime,
  Icon,
  IconButton,
  StatusBadge,
} from "@convkit/ui";
import { Link } from "../shell/link";
import type { ReactNode } from "react";
import type { JobRow } from "../../trpc/context";
import { runPath } from "../shell/links";
import { jobDetail, jobTitle, kindWords } from "./job-words";

export interface OpenJobProps {
  job: JobRow;
  nowMs: number | null;
  /** Among those that wait; null: at work. */
  place: { readonly index: number; readonly count: number } | null;
  onMove: (step: 1 | -1) => void;
  onEnd: (action: "stop" | "cancel") => void;
}

export function OpenJob({ job, nowMs, place, onMove, onEnd }: OpenJobProps) {
  const title = jobTitle(job);
  return (
    <JobFrame
      job={job}
      lead={
        place === null ? (
          <StatusBadge status="running" plain />
        ) : (
          <span className="font-mono text-xs text-ink-3 tabular-nums">{place.index + 1}</span>
        )
      }
      facts={
        <>
          {job.priority !== 0 && (
            <span>
              priority{" "}
              <span className="font-mono">{job.priority > 0 ? `+${job.priority}` : job.priority}</span>
            </span>
          )}
          {place !== null && job.onlyWorker && (
            <span>
              only for <span className="text-ink-2">{job.onlyWorker.name}</span>
            </span>
          )}
          {place !== null && nowMs !== null && <span>waiting for {wholeSeconds(nowMs - job.createdAt)}</span>}
          {place === null && job.claim && <ClaimFacts claim={job.claim} nowMs={nowMs} />}
          {job.directive && <Badge tone="warn">asked to {job.directive}</Badge>}
        </>
      }
      actions={
        <>
          {place !== null && (
            <>
              <IconButton
                size="sm"
                label={`Move ${title} up`}
                data-move={`${job.id} -1`}
                disabled={place.index === 0}
                onClick={() => onMove(-1)}
              >
                <Icon name="arrow-up" className="size-3.5" />
              </IconButton>
              <IconButton
                size="sm"
                label={`Move ${title} down`}
                data-move={`${job.id} 1`}
                disabled={place.index === place.count - 1}
                onClick={() => onMove(1)}
              >
                <Icon name="arrow-down" className="size-3.5" />
              </IconButton>
            </>
          )}
          {place === null && job.kind === "train" && (
            <Button size="sm" disabled={job.directive !== null} onClick={() => onEnd("stop")}>
              Stop<span className="sr-only"> {title}</span>
            </Button>
          )}
          <Button
            size="sm"
            variant="ghost"
            disabled={job.directive === "cancel"}
            onClick={() => onEnd("cancel")}
          >
            Cancel<span className="sr-only"> {title}</span>
          </Button>
        </>
      }
    />
  );
}

function ClaimFacts({ claim, nowMs }: { claim: NonNullable<JobRow["claim"]>; nowMs: number | null }) {
  return (
    <>
      <span>
        on <span className="text-ink-2">{claim.workerName}</span>
        {claim.fence > 1 && `, taken over ${claim.fence === 2 ? "once" : `${claim.fence - 1} times`}`}
      </span>
      {nowMs !== null && <span>for {wholeSeconds(nowMs - claim.claimedAt)}</span>}
      {nowMs !== null && <span>heard of {formatRelativeTime(nowMs, claim.heartbeatAt)}</span>}
    </>
  );
}

const endings = {
  done: { tone: "good", label: "done" },
  failed: { tone: "bad", label: "failed" },
  cancelled: { tone: "neutral", label: "cancelled" },
} as const;

/** One that is over, and why. */
export function EndedJob({ job, nowMs }: { job: JobRow; nowMs: number | null }) {
  const ending = job.state === "waiting" || job.state === "active" ? null : endings[job.state];
  return (
    <JobFrame
      job={job}
      lead={ending && <Badge tone={ending.tone}>{ending.label}</Badge>}
      facts={
        <>
          {nowMs !== null && job.endedAt !== null && <span>{formatRelativeTime(nowMs, job.endedAt)}</span>}
          {job.claim && (
            <span>
              on <span className="text-ink-2">{job.claim.workerName}</span>
            </span>
          )}
          {job.claim && job.endedAt !== null && (
            <span>took {wholeSeconds(job.endedAt - job.claim.claimedAt)}</span>
          )}
        </>
      }
      reason={job.reason}
    />
  );
}

interface JobFrameProps {
  job: JobRow;
  lead: ReactNode;
  facts: ReactNode;
  reason?: string;
  actions?: ReactNode;
}

function JobFrame({ job, lead, facts, reason, actions }: JobFrameProps) {
  const detail = jobDetail(job);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5">
      <span className="flex min-w-5 shrink-0 items-center sm:w-18">{lead}</span>
      <div className="min-w-48 flex-1">
        <p className="flex min-w-0 flex-wrap items-baseline gap-x-2 text-sm">
          <span className="max-w-full truncate font-medium text-ink">
            {job.runId === null ? (
              jobTitle(job)
            ) : (
              <Link href={runPath(job.runId)} className="rounded-sm hover:underline">
                {jobTitle(job)}
              </Link>
            )}
          </span>
          <span className="max-w-full truncate text-xs text-ink-2">{detail || kindWords[job.kind]}</span>
        </p>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-3 tabular-nums">
          {facts}
        </p>
        {reason && <p className="mt-1 text-xs break-words whitespace-pre-wrap text-ink-2">{reason}</p>}
      </div>
      {actions && <div className="ml-auto flex items-center gap-1">{actions}</div>}
    </div>
  );
}

const wholeSeconds = (ms: number) => formatDuration(Math.max(0, Math.round(ms / 1000) * 1000));
