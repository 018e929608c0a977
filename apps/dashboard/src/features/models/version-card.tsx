/** One version of a model: where it stands, what it reaches, and where it comes from. */
"use client";
import { Button, Card, formatRelativeTime, Icon, IconButton, Select, useToast } from "@convkit/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { GitCompareArrows, Trash2 } from "lucide-react";
import { Link } from "../shell/link";
import { useTRPC, type ModelRow, type ModelVersionRow } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";
import { betterOf, formatOf } from "../runs/metric-format";
import { RunDot } from "../runs/run-columns";
import { comparePath, datasetPath, runPath, tryPath } from "../shell/links";
import { useNow } from "../shell/use-now";
import { Aliases } from "./aliases";
import { ModelFiles } from "./model-files";
import { VersionDescription } from "./version-description";

export interface VersionCardProps {
  version: ModelVersionRow;
  /** The model's, on whichever version. */
  aliases: ModelRow["aliases"];
  /** The alias that others are measured by, and the version that holds it; undefined for that one itself. */
  reference: { alias: string; version: ModelVersionRow } | undefined;
  onDelete: () => void;
}

const STAGES = ["none", "staging", "production", "archived"] as const;
const METRICS = ["test", "val"].flatMap((split) =>
  ["mean_average_precision", "accuracy", "loss"].map((name) => `${split}_${name}`),
);

export function VersionCard({ version, aliases, reference, onDelete }: VersionCardProps) {
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const nowMs = useNow();
  const edit = useMutation(
    trpc.models.editVersion.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.models.pathKey() }),
      onError: (error) =>
        toast({ title: "The version stays as it was", description: messageOfError(error), tone: "bad" }),
    }),
  );
  const { model, version: number } = version;
  return (
    <Card
      title={`Version ${number}`}
      detail={`${version.architecture}${nowMs === null ? "" : `, registered ${formatRelativeTime(nowMs, version.createdAt)}`}`}
      actions={
        <div className="flex flex-wrap items-center gap-2">
          <Select
            label={`Stage of version ${number}`}
            size="sm"
            value={version.stage}
            onValueChange={(stage) => edit.mutate({ model, version: number, stage })}
            options={STAGES.map((stage) => ({ value: stage, label: stage === "none" ? "no stage" : stage }))}
            className="w-32!"
          />
          {reference && (
            <Button asChild size="sm">
              <Link href={comparePath([reference.version.runId, version.runId])}>
                <GitCompareArrows className="size-3.5 text-ink-3" aria-hidden="true" />
                Compare with {reference.alias}
              </Link>
            </Button>
          )}
          <IconButton size="sm" label={`Delete version ${number}`} onClick={onDelete}>
            <Trash2 className="size-3.5" aria-hidden="true" />
          </IconButton>
        </div>
      }
    >
      <div className="flex flex-col gap-4">
        <Aliases version={version} aliases={aliases} />
        <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-4">
          {METRICS.filter((key) => version.metrics[key]).map((key) => (
            <VersionMetric key={key} metric={key} version={version} reference={reference?.version} />
          ))}
        </dl>
        <VersionDescription
          description={version.description}
          busy={edit.isPending}
          onSave={(description) => edit.mutate({ model, version: number, description })}
        />
        <div className="flex flex-wrap items-center gap-x-6 gap-y-2 border-t border-line pt-3 text-sm">
          <span className="flex min-w-0 items-center gap-2">
            <span className="text-ink-3">From the run</span>
            <RunDot id={version.runId} />
            <Link href={runPath(version.runId)} className="truncate text-ink hover:underline">
              {version.runName}
            </Link>
          </span>
          {version.datasetHash && (
            <Link href={datasetPath(version.datasetHash)} className="text-ink-2 hover:underline">
              Its data set
            </Link>
          )}
          <Link href={tryPath(version.runId)} className="text-ink-2 hover:underline">
            Try it on pictures
          </Link>
        </div>
        <ModelFiles runId={version.runId} />
      </div>
    </Card>
  );
}

interface VersionMetricProps {
  metric: string;
  version: ModelVersionRow;
  reference: ModelVersionRow | undefined;
}

function VersionMetric({ metric, version, reference }: VersionMetricProps) {
  const read = (row: ModelVersionRow | undefined) => {
    const cell = row?.metrics[metric];
    return cell && (metric.startsWith("test_") ? cell.last : cell.best);
  };
  const value = read(version);
  const base = read(reference);
  const format = formatOf(metric);
  const difference = value != null && base != null ? value - base : null;
  const improves = difference !== null && difference < 0 === (betterOf(metric) === "min");
  return (
    <div>
      <dt className="font-mono text-xs text-ink-3">{metric}</dt>
      <dd className="mt-0.5 text-lg font-semibold text-ink tabular-nums">
        {format(value)}
        {difference !== null && difference !== 0 && (
          <span
            className={`ml-2 inline-flex items-center text-xs font-medium ${improves ? "text-good" : "text-bad"}`}
          >
            <Icon name={difference > 0 ? "arrow-up" : "arrow-down"} className="size-3" />
            {format(Math.abs(difference))}
          </span>
        )}
      </dd>
    </div>
  );
}
