/** What fields are completed with: what the workers that are here know, and what earlier runs were called. */
"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPC, type WorkerRow } from "../../trpc/context";
import { suggestDatasets } from "./dataset-choice";
import type { KnownDatasets } from "./form-context";

/** The newest; more nobody looks through. */
const MOST_DATASETS = 1000;
const MONITORED = ["val_accuracy", "val_loss", "accuracy", "loss"];

export interface Suggestions {
  readonly byPath: Readonly<Record<string, readonly string[]>>;
  readonly datasets: KnownDatasets;
  /** undefined: not known yet. */
  readonly workers: readonly WorkerRow[] | undefined;
}

export function useSuggestions(): Suggestions {
  const trpc = useTRPC();
  const workers = useQuery({ ...trpc.jobs.workers.queryOptions(), refetchInterval: 10_000 }).data;
  const fields = useQuery(trpc.runs.fields.queryOptions()).data;
  const datasets = useQuery(trpc.datasets.list.queryOptions({ limit: MOST_DATASETS })).data?.datasets;
  return useMemo(() => {
    const known = (list: readonly string[]) => [...new Set(list)].toSorted();
    const descriptions = (workers ?? []).map(({ description }) => description);
    return {
      workers,
      datasets: {
        known: datasets ?? [],
        choices: suggestDatasets(
          descriptions.flatMap((each) => each.datasets),
          datasets ?? [],
        ),
      },
      byPath: {
        "model.name": known(descriptions.flatMap(({ models }) => models)),
        experiment: (fields?.experiments ?? []).map(({ name }) => name),
        tags: (fields?.tags ?? []).map(({ name }) => name),
        "checkpoint.monitor": MONITORED,
        "earlyStopping.monitor": MONITORED,
      },
    };
  }, [workers, fields, datasets]);
}
