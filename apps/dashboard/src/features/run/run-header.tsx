/** The head of a run's page: its name, how it stands, and what can be done with it. */
"use client";
import {
  Badge,
  Button,
  CopyButton,
  DropdownMenu,
  formatDuration,
  Icon,
  IconButton,
  StatusBadge,
  type MenuItem,
} from "@convkit/ui";
import { CircleStop, GitCompareArrows, Play, RotateCw, Tag } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "../shell/link";
import { useRouter } from "next/navigation";
import { Fragment, useState } from "react";
import { useTRPC, type RunDetail } from "../../trpc/context";
import { EndJobDialog } from "../queue/end-job-dialog";
import { useJobActions, useJobOfRun } from "../queue/use-jobs";
import { DeleteRunsDialog } from "../runs/delete-runs-dialog";
import { RunDot } from "../runs/run-columns";
import { silentMsOf } from "../runs/run-progress";
import { TagEditor } from "../runs/tag-editor";
import { useRunActions } from "../runs/use-run-actions";
import { lazyPart } from "../shell/lazy-part";
import { runAgainPath } from "../shell/links";
import { PageHeader } from "../shell/page-header";
import { useNow } from "../shell/use-now";
import { EndRunDialog } from "./end-run-dialog";
import { RunName } from "./run-name";

const CompareWithDialog = lazyPart(() =>
  import("./compare-with-dialog").then((dialog) => dialog.CompareWithDialog),
);
const RegisterDialog = lazyPart(() => import("./register-dialog").then((dialog) => dialog.RegisterDialog));

type Opened = "delete" | "compare" | "register" | EndingRun | EndingJob | null;
type EndingRun = "stop" | "cancel";
/** Apart, since a job is gone before its dialog has closed. */
type EndingJob = `${EndingRun} job`;

/** One that was stopped is judged, and over. */
const RESUMABLE: ReadonlySet<RunDetail["status"]> = new Set(["interrupted", "failed", "lost"]);

export function RunHeader({ run }: { run: RunDetail }) {
  const trpc = useTRPC();
  const router = useRouter();
  const nowMs = useNow();
  const { archive } = useRunActions();
  const [opened, setOpened] = useState<Opened>(null);
  const [renaming, setRenaming] = useState(false);
  const tags = useQuery(trpc.runs.fields.queryOptions()).data?.tags.map(({ name }) => name) ?? [];
  const silentMs = nowMs === null ? null : silentMsOf(run, nowMs);
  const job = useJobOfRun(run);
  const { resume } = useJobActions();
  // A job is ended by its queue, any other run of this machine by a file in its folder.
  const canCancel = job != null || (job === null && run.status === "running" && run.folder !== null);
  const canStop = canCancel && run.status === "running" && job?.state !== "waiting";
  const { hasModel } = run;
  const dialog = (name: Opened) => ({
    open: opened === name,
    onOpenChange: (open: boolean) => setOpened(open ? name : null),
  });

  const items: MenuItem[] = [
    { label: "Rename", onSelect: () => setRenaming(true) },
    {
      label: "Register as model version",
      disabled: !hasModel,
      onSelect: () => setOpened("register"),
    },
    {
      label: run.archived ? "Take out of the archive" : "Archive",
      onSelect: () => archive.mutate({ ids: [run.id], archived: !run.archived }),
    },
    { kind: "separator" },
    { label: "Delete", danger: true, onSelect: () => setOpened("delete") },
  ];

  return (
    <>
      <PageHeader
        parent={{ href: "/runs", label: "Runs" }}
        title={
          <span className="flex min-w-0 items-center gap-2.5">
            <RunDot id={run.id} />
            <RunName run={run} editing={renaming} onEditing={setRenaming} />
          </span>
        }
        detail={
          <>
            <StatusBadge status={run.status} />
            {silentMs !== null && <Badge tone="warn">silent for {formatDuration(silentMs)}</Badge>}
            {run.archived && <Badge>archived</Badge>}
            <span className="flex items-center gap-0.5 font-mono text-xs text-ink-3">
              {run.id}
              <CopyButton text={run.id} label="Copy the run's id" />
            </span>
            {run.tags.map((tag) => (
              <Badge key={tag}>{tag}</Badge>
            ))}
            <TagEditor
              runs={[run]}
              known={tags}
              trigger={
                <Button size="sm" variant="ghost">
                  <Tag className="size-3.5" aria-hidden="true" />
                  {run.tags.length === 0 ? "Add a tag" : "Tags"}
                </Button>
              }
            />
          </>
        }
        actions={
          <>
            {RESUMABLE.has(run.status) && (
              <Button busy={resume.isPending} onClick={() => resume.mutate(run.id)}>
                <Play className="size-4 text-ink-3 max-sm:hidden" aria-hidden="true" />
                Resume
              </Button>
            )}
            {canStop && (
              <Button onClick={() => setOpened(job ? "stop job" : "stop")}>
                <CircleStop className="size-4 text-ink-3 max-sm:hidden" aria-hidden="true" />
                Stop
              </Button>
            )}
            {canCancel && (
              <Button variant="ghost" onClick={() => setOpened(job ? "cancel job" : "cancel")}>
                Cancel
              </Button>
            )}
            {"model" in run.config && (
              <Button asChild>
                <Link href={runAgainPath(run.id)}>
                  <RotateCw className="size-4 text-ink-3 max-sm:hidden" aria-hidden="true" />
                  Run again with changes
                </Link>
              </Button>
            )}
            <Button onClick={() => setOpened("compare")}>
              <GitCompareArrows className="size-4 text-ink-3 max-sm:hidden" aria-hidden="true" />
              Compare with…
            </Button>
            <DropdownMenu
              trigger={
                <IconButton label="More actions" tooltip={false} variant="secondary">
                  <Icon name="more" />
                </IconButton>
              }
              items={items}
            />
          </>
        }
      />
      <DeleteRunsDialog runs={[run]} {...dialog("delete")} onDeleted={() => router.push("/runs")} />
      {opened === "compare" && <CompareWithDialog run={run} {...dialog("compare")} />}
      {opened === "register" && <RegisterDialog run={run} {...dialog("register")} />}
      {(["stop", "cancel"] as const).map((action) => (
        <Fragment key={action}>
          <EndRunDialog run={run} action={action} {...dialog(action)} />
          <EndJobDialog job={job ?? null} action={action} {...dialog(`${action} job`)} />
        </Fragment>
      ))}
    </>
  );
}
