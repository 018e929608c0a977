/** Trained networks that someone found worth a name. */
"use client";
import { Badge, formatRelativeTime } from "@convkit/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Boxes } from "lucide-react";
import { Link } from "../shell/link";
import { useTRPC, type ModelRow } from "../../trpc/context";
import { formatOf } from "../runs/metric-format";
import { modelPath } from "../shell/links";
import { TileListPage } from "../shell/tile-list-page";
import { useNow } from "../shell/use-now";

const PAGE = 60;

export function ModelsPage() {
  const trpc = useTRPC();
  const query = useInfiniteQuery(
    trpc.models.list.infiniteQueryOptions(
      { limit: PAGE },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    ),
  );
  return (
    <TileListPage
      title="Models"
      query={query}
      rowsOf={({ models }) => models}
      keyOf={({ name }) => name}
      empty={{
        icon: Boxes,
        title: "No models yet",
        description:
          "Open a run that has completed and register it: it becomes version 1 of a model, which an alias such as champion can point to.",
      }}
    >
      {(model) => <ModelTile model={model} />}
    </TileListPage>
  );
}

/** By which a version is told at a glance; of label sets, whose accuracy is the share of labels that are right, another. */
function figureOf(metrics: NonNullable<ModelRow["newest"]>["metrics"]) {
  for (const [name, key] of [
    ["mean average precision", "mean_average_precision"],
    ["accuracy", "accuracy"],
  ] as const) {
    const tested = metrics[`test_${key}`]?.last;
    if (tested !== undefined) return { name: `Test ${name}`, key, value: tested };
    const validated = metrics[`val_${key}`]?.best;
    if (validated != null) return { name: `Validation ${name}`, key, value: validated };
  }
  return undefined;
}

function ModelTile({ model }: { model: ModelRow }) {
  const nowMs = useNow();
  const { newest, aliases } = model;
  const figure = newest && figureOf(newest.metrics);
  return (
    <Link
      href={modelPath(model.name)}
      className="flex h-full flex-col rounded-lg border border-line bg-surface p-4 transition-colors hover:border-line-strong"
    >
      <div className="flex items-baseline gap-3">
        <h2 className="min-w-0 flex-1 truncate text-base font-semibold tracking-tight text-ink">
          {model.name}
        </h2>
        <span className="text-xs text-ink-3">
          {model.versions.toLocaleString("en")} {model.versions === 1 ? "version" : "versions"}
        </span>
      </div>
      {newest && (
        <p className="mt-1 text-xs text-ink-2">
          v{newest.version}, {newest.architecture}
          {nowMs === null ? "" : `, ${formatRelativeTime(nowMs, newest.createdAt)}`}
        </p>
      )}
      <div className="mt-3 flex flex-1 items-end justify-between gap-3">
        <span className="flex flex-wrap gap-1.5">
          {aliases.map(({ alias, version }) => (
            <Badge key={alias} tone="accent">
              {alias} → v{version}
            </Badge>
          ))}
        </span>
        {figure && (
          <span
            className="text-lg font-semibold text-ink tabular-nums"
            title={`${figure.name} of the newest version`}
          >
            {formatOf(figure.key)(figure.value)}
          </span>
        )}
      </div>
    </Link>
  );
}
