/** The data sets that runs were trained on. */
"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Images } from "lucide-react";
import { Link } from "../shell/link";
import { useTRPC, type DatasetRow } from "../../trpc/context";
import { datasetPath } from "../shell/links";
import { TileListPage } from "../shell/tile-list-page";
import { Sample } from "./sample";

const PAGE = 60;

export function DatasetsPage() {
  const trpc = useTRPC();
  const query = useInfiniteQuery(
    trpc.datasets.list.infiniteQueryOptions(
      { limit: PAGE },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    ),
  );
  return (
    <TileListPage
      title="Data sets"
      query={query}
      rowsOf={({ datasets }) => datasets}
      keyOf={({ contentHash }) => contentHash}
      empty={{
        icon: Images,
        title: "No data sets yet",
        description: (
          <>
            A data set is known here once a run has learnt from it.{" "}
            <code className="font-mono text-xs">convkit datasets</code> lists those that can be had by name.
          </>
        ),
      }}
    >
      {(dataset) => <DatasetTile dataset={dataset} />}
    </TileListPage>
  );
}

function DatasetTile({ dataset }: { dataset: DatasetRow }) {
  return (
    <Link
      href={datasetPath(dataset.contentHash)}
      className="block rounded-lg border border-line bg-surface p-4 transition-colors hover:border-line-strong"
    >
      <h2 className="truncate text-base font-semibold tracking-tight text-ink">{dataset.name}</h2>
      <p className="truncate font-mono text-xs text-ink-3" title={dataset.contentHash}>
        {dataset.contentHash.slice(0, 12)}
      </p>
      <Sample dataset={dataset} />
      <dl className="mt-3 flex gap-6 text-xs">
        {(
          [
            ["pictures", dataset.pictures],
            ["classes", dataset.classes],
            [dataset.runs === 1 ? "run" : "runs", dataset.runs],
          ] as const
        ).map(([label, count]) => (
          <div key={label} className="flex flex-col-reverse">
            <dt className="text-ink-3">{label}</dt>
            <dd className="text-lg font-semibold text-ink tabular-nums">{count.toLocaleString("en")}</dd>
          </div>
        ))}
      </dl>
    </Link>
  );
}
