/**
 * What fields are completed with: the registry's networks, what the workers that are here know, and what earlier runs were
 * called.
 */
"use client";
import { MODEL_NAMES, MODEL_SUMMARIES } from "@convkit/schema/model-names";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPC, type WorkerRow } from "../../trpc/context";
import { suggestDatasets } from "./dataset-choice";
import type { KnownDatasets } from "./form-context";
import type { Suggestion } from "./suggestion-input";

/** The newest; more nobody looks through. */
const MOST_DATASETS = 1000;
const MONITORED = [
  ...["val_accuracy", "val_loss", "accuracy", "loss"],
  ...["val_mean_average_precision", "val_macro_f1"],
].map(textAlone);
const NETWORKS: readonly Suggestion[] = MODEL_NAMES.map((name) => ({
  text: name,
  detail: MODEL_SUMMARIES[name],
}));

export interface Suggestions {
  readonly byPath: Readonly<Record<string, readonly Suggestion[]>>;
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
        "model.name": [...NETWORKS, ...othersOf(descriptions.flatMap(({ models }) => models))],
        experiment: (fields?.experiments ?? []).map(({ name }) => ({ text: name })),
        tags: (fields?.tags ?? []).map(({ name }) => ({ text: name })),
        "schedule.monitor": MONITORED,
        "checkpoint.monitor": MONITORED,
        "earlyStopping.monitor": MONITORED,
      },
    };
  }, [workers, fields, datasets]);
}

/** Networks that a worker of another convkit knows, and this one does not. */
function othersOf(names: readonly string[]): Suggestion[] {
  const own: readonly string[] = MODEL_NAMES;
  return [...new Set(names)]
    .filter((name) => !own.includes(name))
    .toSorted()
    .map(textAlone);
}

function textAlone(text: string): Suggestion {
  return { text };
}
