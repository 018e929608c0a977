/** Pictures of a data set, class by class. */
"use client";
import { Card, EmptyState, ErrorState, PictureGrid, Select, Skeleton } from "@convkit/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTRPC, type DatasetCard } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";
import { PictureDialog, type ShownPicture } from "../pictures/picture-dialog";
import { nameOfClass } from "../pictures/predicted-pictures";
import { thumbnailUrl } from "../shell/links";
import { MoreButton } from "../shell/more-button";

const PAGE = 200;
const ALL = "all";

export interface DatasetSamplesProps {
  dataset: { readonly contentHash: string; readonly thumbnails: number; readonly card: DatasetCard };
}

export function DatasetSamples({ dataset }: DatasetSamplesProps) {
  const { card } = dataset;
  const [label, setLabel] = useState(ALL);
  const [split, setSplit] = useState(ALL);
  if (dataset.thumbnails === 0) {
    return (
      <Card title="Pictures">
        <EmptyState
          className="py-8"
          title="No small pictures here"
          description="A worker that has the data set uploads them once; so does convkit data add."
        />
      </Card>
    );
  }
  return (
    <Card
      title="Pictures"
      detail={`${dataset.thumbnails.toLocaleString("en")} small ones`}
      actions={
        <div className="flex flex-wrap gap-2">
          <Select
            label="Class"
            value={label}
            onValueChange={setLabel}
            options={[
              { value: ALL, label: "All classes" },
              ...card.classNames.map((name, index) => ({ value: String(index), label: name })),
            ]}
            className="w-44!"
          />
          <Select
            label="Split"
            value={split}
            onValueChange={setSplit}
            options={[
              { value: ALL, label: "All splits" },
              ...Object.keys(card.splits).map((name) => ({ value: name, label: name })),
            ]}
            className="w-36!"
          />
        </div>
      }
    >
      <Samples key={`${label} ${split}`} dataset={dataset} label={label} split={split} />
    </Card>
  );
}

function Samples({ dataset, label, split }: DatasetSamplesProps & { label: string; split: string }) {
  const trpc = useTRPC();
  const [shown, setShown] = useState<ShownPicture | null>(null);
  const { contentHash, card } = dataset;
  const input = {
    datasetHash: contentHash,
    limit: PAGE,
    ...(label !== ALL && { label: Number(label) }),
    ...(split !== ALL && { split }),
  };
  const query = useInfiniteQuery(
    trpc.datasets.thumbnails.infiniteQueryOptions(input, {
      getNextPageParam: ({ nextCursor }) => nextCursor,
    }),
  );
  const { data } = query;
  const pictures = useMemo(
    () =>
      (data?.pages.flatMap(({ thumbnails }) => thumbnails) ?? []).map(({ pictureId, label: index }) => ({
        id: pictureId,
        src: thumbnailUrl(contentHash, pictureId),
        label: nameOfClass(card.classNames, index ?? -1),
      })),
    [data, contentHash, card.classNames],
  );
  if (query.error && !data) {
    return <ErrorState message={messageOfError(query.error)} onRetry={() => void query.refetch()} />;
  }
  if (!data) return <Skeleton className="h-60 w-full" />;
  if (pictures.length === 0)
    return <p className="py-8 text-center text-sm text-ink-2">There is no such picture.</p>;
  return (
    <>
      <PictureGrid
        label="Pictures of the data set"
        pictures={pictures}
        tileWidth={88}
        onOpen={({ id, src, label: name }) => setShown({ id, src, title: name, facts: [] })}
      />
      <MoreButton query={query} />
      <PictureDialog picture={shown} onClose={() => setShown(null)} />
    </>
  );
}
