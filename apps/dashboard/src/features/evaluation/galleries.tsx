/** The pictures behind the figures: sure and wrong, the least sure, and those of two classes that are taken for each other. */
"use client";
import { Card, Segmented, Select } from "@convkit/ui";
import { useMemo, useState } from "react";
import type { EvaluationReport, PicturesInput, RunDetail } from "../../trpc/context";
import { NoSmallPictures, picturedHash } from "../pictures/no-small-pictures";
import { PredictedPictures } from "../pictures/predicted-pictures";
import { confusedPairs } from "./confused-pairs";

const MOST_PAIRS = 30;

const DETAILS = {
  worst: "wrong, and sure of it",
  uncertain: "the least sure first, right or wrong",
  pairs: "what is taken for what most often",
};
type Gallery = keyof typeof DETAILS;

export interface GalleriesProps {
  run: RunDetail;
  split: string;
  /** Null where there are predictions alone; pairs are counted in it. */
  report: EvaluationReport | null;
}

export function Galleries({ run, split, report }: GalleriesProps) {
  const [gallery, setGallery] = useState<Gallery>("worst");
  const pairs = useMemo(() => confusedPairs(report?.confusionMatrix ?? [], MOST_PAIRS), [report]);
  const [chosen, setChosen] = useState(0);
  const pair = pairs[chosen];
  const nameOf = (index: number) => report?.classNames[index] ?? String(index);
  const shown: { label: string; input: Omit<PicturesInput, "runId" | "split"> } =
    gallery === "pairs" && pair
      ? {
          label: `${nameOf(pair.label)} taken for ${nameOf(pair.prediction)}`,
          input: { label: pair.label, prediction: pair.prediction, order: "confident" },
        }
      : gallery === "uncertain"
        ? { label: "Most uncertain", input: { order: "uncertain" } }
        : { label: "Worst mistakes", input: { outcome: "wrong", order: "confident" } };
  return (
    <Card
      title="Pictures"
      detail={DETAILS[gallery]}
      actions={
        <Segmented
          label="Which pictures"
          value={gallery}
          onValueChange={setGallery}
          options={[
            { value: "worst", label: "Worst mistakes" },
            { value: "uncertain", label: "Most uncertain" },
            ...(pairs.length > 0 ? [{ value: "pairs" as const, label: "Confused pairs" }] : []),
          ]}
        />
      }
    >
      {gallery === "pairs" && (
        <Select
          label="Pair of classes"
          value={String(chosen)}
          onValueChange={(index) => setChosen(Number(index))}
          options={pairs.map(({ label, prediction, count }, index) => ({
            value: String(index),
            label: `${nameOf(label)} taken for ${nameOf(prediction)} (${count.toLocaleString("en")})`,
          }))}
          className="mb-3 w-full max-w-md"
        />
      )}
      <NoSmallPictures run={run} />
      <PredictedPictures
        key={shown.label}
        label={shown.label}
        input={{ runId: run.id, split, ...shown.input }}
        datasetHash={picturedHash(run)}
        limit={60}
      />
    </Card>
  );
}
