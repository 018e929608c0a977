/** The data sets that runs were trained on. */
"use client";
import { EmptyState } from "@convkit/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Images } from "lucide-react";
import { Link } from "../shell/link";
import { useTRPC } from "../../trpc/context";
import { datasetPath } from "../shell/links";
import { MoreButton } from "../shell/more-button";
import { PageHeader } from "../shell/page-header";
import { QueryState, SkeletonLines } from "../shell/query-states";
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
    <div className="pb-10">
      <PageHeader title="Data sets" />
      <QueryState query={query} skeleton={<SkeletonLines />}>
        {({ pages }) =>
          pages[0]?.total === 0 ? (
            <EmptyState
              className="py-20"
              icon={<Images className="size-8" aria-hidden="true" />}
              title="No data sets yet"
              description={
                <>
                  A data set is known here once a run has learnt from it.{" "}
                  <code className="font-mono text-xs">convkit datasets</code> lists those that can be had by
                  name.
                </>
              }
            />
          ) : (
            <ul className="grid gap-4 px-4 pt-1 sm:grid-cols-2 lg:px-6 xl:grid-cols-3">
              {pages
                .flatMap(({ datasets }) => datasets)
                .map((dataset) => (
                  <li key={dataset.contentHash} className="min-w-0">
                    <Link
                      href={datasetPath(dataset.contentHash)}
                      className="block rounded-lg border border-line bg-surface p-4 transition-colors hover:border-line-strong"
                    >
                      <h2 className="truncate text-base font-semibold tracking-tight text-ink">
                        {dataset.name}
                      </h2>
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
                            <dd className="text-lg font-semibold text-ink tabular-nums">
                              {count.toLocaleString("en")}
                            </dd>
                          </div>
                        ))}
                      </dl>
                    </Link>
                  </li>
                ))}
            </ul>
          )
        }
      </QueryState>
      <MoreButton query={query} />
    </div>
  );
}
