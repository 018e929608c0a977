/** Pictures of a split as a run saw them: those of a cell, the worst, the least sure; more come as one scrolls. */
"use client";
import { ErrorState, formatMetric, PictureGrid, Skeleton, type Picture } from "@convkit/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTRPC, type PicturesInput, type PredictedPicture } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";
import { thumbnailUrl } from "../shell/links";
import { MoreButton } from "../shell/more-button";
import { PictureDialog, type ShownPicture } from "./picture-dialog";

export interface PredictedPicturesProps {
  /** Names the gallery. */
  label: string;
  input: Omit<PicturesInput, "limit" | "cursor">;
  datasetHash: string | null;
  maxHeight?: string;
  limit?: number;
}

const percent = (value: number | null) => formatMetric(value, { style: "percent" });

export function PredictedPictures({
  label,
  input,
  datasetHash,
  maxHeight,
  limit = 120,
}: PredictedPicturesProps) {
  const trpc = useTRPC();
  /** Place of the picture that is shown large. */
  const [shown, setShown] = useState<number | null>(null);
  const query = useInfiniteQuery(
    trpc.runs.pictures.infiniteQueryOptions(
      { ...input, limit },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    ),
  );
  const { data } = query;
  const classNames = data?.pages[0]?.classNames ?? [];
  const found = useMemo(() => data?.pages.flatMap(({ pictures }) => pictures) ?? [], [data]);
  const pictures = useMemo(
    () => found.map((picture) => toPicture(picture, { classNames, datasetHash })),
    [found, classNames, datasetHash],
  );
  if (query.error && !data) {
    return <ErrorState message={messageOfError(query.error)} onRetry={() => void query.refetch()} />;
  }
  if (!data) {
    return (
      <div aria-busy="true" className="grid grid-cols-[repeat(auto-fill,minmax(112px,1fr))] gap-2">
        {Array.from({ length: 12 }, (_, index) => (
          <Skeleton key={index} className="aspect-square h-auto w-full" />
        ))}
      </div>
    );
  }
  const total = data.pages[0]?.total ?? 0;
  if (total === 0) return <p className="py-8 text-center text-sm text-ink-2">There is no such picture.</p>;
  const current = shown === null ? undefined : found[shown];
  const stepTo = async (next: number) => {
    if (next < found.length) return setShown(next);
    const { data: more } = await query.fetchNextPage();
    const count = more?.pages.reduce((sum, page) => sum + page.pictures.length, 0) ?? 0;
    // Without an answer the picture stays; the gallery says why.
    if (next < count) setShown((before) => (before === null ? null : next));
  };
  return (
    <>
      <p className="mb-2 text-xs text-ink-3 tabular-nums">
        {total.toLocaleString("en")} {total === 1 ? "picture" : "pictures"}
      </p>
      <PictureGrid
        label={label}
        pictures={pictures}
        {...(maxHeight && { maxHeight })}
        onOpen={(picture) => setShown(pictures.indexOf(picture))}
      />
      <MoreButton query={query}>{Math.min(limit, total - found.length).toLocaleString("en")} more</MoreButton>
      <PictureDialog
        picture={current ? toShown(current, { classNames, datasetHash }) : null}
        neighbours={{
          index: shown ?? 0,
          total,
          busy: query.isFetchingNextPage,
          onStep: (step) => void stepTo((shown ?? 0) + step),
        }}
        onClose={() => setShown(null)}
      />
    </>
  );
}

interface Naming {
  classNames: readonly string[];
  datasetHash: string | null;
}

export const nameOfClass = (classNames: readonly string[], index: number) =>
  index < 0 ? "unknown" : (classNames[index] ?? String(index));

function toPicture(picture: PredictedPicture, { classNames, datasetHash }: Naming): Picture {
  return {
    id: picture.id,
    src: datasetHash === null ? null : thumbnailUrl(datasetHash, picture.id),
    label: nameOfClass(classNames, picture.label),
    prediction: nameOfClass(classNames, picture.prediction),
    probability: picture.probability,
  };
}

function toShown(picture: PredictedPicture, naming: Naming): ShownPicture {
  const { src, label, prediction } = toPicture(picture, naming);
  return {
    id: picture.id,
    src,
    title: label === prediction ? `${label}, recognised` : `${label}, taken for ${prediction}`,
    facts: [
      { key: "label", label: "Label", value: `${label} (${percent(picture.labelProbability)})` },
      { key: "prediction", label: "Prediction", value: `${prediction} (${percent(picture.probability)})` },
    ],
  };
}
