/** What waits, what is at work and who does it; and how earlier jobs ended. */
"use client";
import { Button, EmptyState, Tabs } from "@convkit/ui";
import { ListOrdered, Plus } from "lucide-react";
import { Link } from "../shell/link";
import { useEffect, useMemo, useRef, useState } from "react";
import type { JobRow } from "../../trpc/context";
import { MoreButton } from "../shell/more-button";
import { PageHeader } from "../shell/page-header";
import { QueryState, SkeletonLines } from "../shell/query-states";
import { useUrlState } from "../shell/url-state";
import { useNow } from "../shell/use-now";
import { EndJobDialog } from "./end-job-dialog";
import { EndedJob, OpenJob } from "./job-row";
import { useJobActions, useJobPages, useLiveQueue, useWorkers } from "./use-jobs";
import { WorkersCard } from "./workers-card";

export function QueuePage() {
  const [params, update] = useUrlState();
  const tab = params.get("tab") === "ended" ? "ended" : "open";
  const jobs = useJobPages({ ended: false });
  const openCount = jobs.data?.pages[0]?.total ?? 0;
  const workers = useWorkers();
  const nowMs = useNow();
  useLiveQueue();
  return (
    <div className="pb-10">
      <PageHeader
        title="Queue"
        actions={
          <Button asChild variant="primary">
            <Link href="/runs/new">
              <Plus className="size-4" aria-hidden="true" />
              New run
            </Link>
          </Button>
        }
      />
      <div className="grid items-start gap-4 px-4 lg:grid-cols-[minmax(0,1fr)_22rem] lg:px-6">
        <Tabs
          label="Parts of the queue"
          value={tab}
          onValueChange={(next) => update({ tab: next === "open" ? null : next }, { push: true })}
          items={[
            {
              value: "open",
              label: "Waiting and at work",
              ...(openCount > 0 && { badge: openCount }),
              content: (
                <>
                  <QueryState query={jobs} skeleton={<SkeletonLines />}>
                    {({ pages }) => (
                      <OpenJobs
                        pages={pages}
                        fetchMore={
                          jobs.hasNextPage ? async () => (await jobs.fetchNextPage()).data?.pages : null
                        }
                      />
                    )}
                  </QueryState>
                  <MoreButton query={jobs} />
                </>
              ),
            },
            { value: "ended", label: "Ended", content: <EndedJobs /> },
          ]}
        />
        <div className="lg:pt-13">
          <QueryState query={workers} skeleton={<SkeletonLines lines={3} />}>
            {(rows) => <WorkersCard workers={rows} nowMs={nowMs} />}
          </QueryState>
        </div>
      </div>
    </div>
  );
}

type Pages = readonly { readonly jobs: readonly JobRow[]; readonly total: number }[];

interface OpenJobsProps {
  pages: Pages;
  /** null where all are here. */
  fetchMore: (() => Promise<Pages | undefined>) | null;
}

const waitingIn = (jobs: readonly JobRow[]) => jobs.filter(({ state }) => state === "waiting");

function OpenJobs({ pages, fetchMore }: OpenJobsProps) {
  const jobs = useMemo(() => pages.flatMap((page) => page.jobs), [pages]);
  const nowMs = useNow();
  const { move } = useJobActions();
  const [ending, setEnding] = useState<{ job: JobRow; action: "stop" | "cancel" } | null>(null);
  const [isOpen, setIsOpen] = useState(false);
  const [said, setSaid] = useState("");
  const list = useRef<HTMLOListElement>(null);
  const pressed = useRef<string>(null);
  const waiting = waitingIn(jobs);
  // Those at work come first, so that all of them are here.
  const count = Math.max(waiting.length, (pages[0]?.total ?? 0) - (jobs.length - waiting.length));
  const moveOn = async (id: string, index: number, step: 1 | -1) => {
    const isLastHere = step === 1 && index === waiting.length - 1;
    const more = isLastHere ? await fetchMore?.() : undefined;
    move.mutate(
      { waiting: more ? waitingIn(more.flatMap((page) => page.jobs)) : waiting, id, step },
      { onSuccess: () => setSaid(`Place ${index + step + 1} of ${count}`) },
    );
  };

  // A row that moves drops the focus; whoever moves it further by the keyboard needs it.
  useEffect(() => {
    if (pressed.current === null || document.activeElement !== document.body) return;
    const button = list.current?.querySelector<HTMLElement>(`[data-move="${pressed.current}"]`);
    button?.focus();
  }, [jobs]);

  return (
    <>
      {jobs.length === 0 ? (
        <EmptyState
          className="rounded-lg border border-line bg-surface py-16"
          icon={<ListOrdered className="size-8" aria-hidden="true" />}
          title="Nothing waits"
          description="A new run goes into the queue, and the next free worker trains it. You may close the page meanwhile."
          action={
            <Button asChild>
              <Link href="/runs/new">New run</Link>
            </Button>
          }
        />
      ) : (
        <ol
          ref={list}
          className="divide-y divide-line rounded-lg border border-line bg-surface"
          aria-label="Jobs"
        >
          {jobs.map((job) => {
            const index = waiting.indexOf(job);
            return (
              <li key={job.id}>
                <OpenJob
                  job={job}
                  nowMs={nowMs}
                  place={job.state === "waiting" ? { index, count } : null}
                  onMove={(step) => {
                    pressed.current = `${job.id} ${step}`;
                    void moveOn(job.id, index, step);
                  }}
                  onEnd={(action) => {
                    setEnding({ job, action });
                    setIsOpen(true);
                  }}
                />
              </li>
            );
          })}
        </ol>
      )}
      <p role="status" className="sr-only">
        {said}
      </p>
      <EndJobDialog
        job={ending?.job ?? null}
        action={ending?.action ?? "cancel"}
        open={isOpen}
        onOpenChange={setIsOpen}
      />
    </>
  );
}

function EndedJobs() {
  const nowMs = useNow();
  const query = useJobPages({ ended: true });
  return (
    <>
      <QueryState query={query} skeleton={<SkeletonLines />}>
        {({ pages }) =>
          pages[0]?.total === 0 ? (
            <EmptyState
              className="rounded-lg border border-line bg-surface py-16"
              title="No job has ended yet"
              description="Jobs that are done, failed or were cancelled are kept here with the reason."
            />
          ) : (
            <ol
              className="divide-y divide-line rounded-lg border border-line bg-surface"
              aria-label="Ended jobs"
            >
              {pages
                .flatMap(({ jobs }) => jobs)
                .map((job) => (
                  <li key={job.id}>
                    <EndedJob job={job} nowMs={nowMs} />
                  </li>
                ))}
            </ol>
          )
        }
      </QueryState>
      <MoreButton query={query} />
    </>
  );
}
