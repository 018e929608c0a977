/** A few pictures of a data set, to know it by. */
"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../trpc/context";
import { thumbnailUrl } from "../shell/links";

const COUNT = 8;

export function Sample({ dataset }: { dataset: { contentHash: string; thumbnails: number } }) {
  const trpc = useTRPC();
  const query = useQuery({
    ...trpc.datasets.thumbnails.queryOptions({ datasetHash: dataset.contentHash, limit: COUNT }),
    enabled: dataset.thumbnails > 0,
  });
  if (dataset.thumbnails === 0) return null;
  return (
    <span className="mt-3 grid grid-cols-8 gap-1" aria-hidden="true">
      {Array.from({ length: COUNT }, (_, index) => {
        const picture = query.data?.thumbnails[index];
        return (
          <span key={index} className="aspect-square overflow-hidden rounded-sm bg-sunken">
            {picture && (
              <img
                src={thumbnailUrl(dataset.contentHash, picture.pictureId)}
                alt=""
                loading="lazy"
                decoding="async"
                className="size-full object-cover [image-rendering:pixelated]"
              />
            )}
          </span>
        );
      })}
    </span>
  );
}
