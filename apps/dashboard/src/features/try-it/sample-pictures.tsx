/** A few small pictures of the run's own test split, for whoever has none at hand. */
"use client";
import { useToast } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../trpc/context";
import { thumbnailUrl } from "../shell/links";
import type { NewPicture } from "./use-tried-pictures";

const COUNT = 8;
/** They come by name, and so class by class: a few are taken from all over these. */
const LOOKED_AT = 200;

export interface SamplePicturesProps {
  datasetHash: string;
  onPicture: (picture: NewPicture) => void;
}

export function SamplePictures({ datasetHash, onPicture }: SamplePicturesProps) {
  const trpc = useTRPC();
  const toast = useToast();
  const query = useQuery(
    trpc.datasets.thumbnails.queryOptions({ datasetHash, split: "test", limit: LOOKED_AT }),
  );
  const all = query.data?.thumbnails ?? [];
  const thumbnails = all.filter(
    (_, i) => Math.floor((i * COUNT) / all.length) > Math.floor(((i - 1) * COUNT) / all.length),
  );
  if (thumbnails.length === 0) return null;
  const add = async (pictureId: string, label: number | null) => {
    const response = await fetch(thumbnailUrl(datasetHash, pictureId));
    if (response.ok) return onPicture({ name: pictureId, source: await response.blob(), label });
    toast({ title: "This picture is not here any more", description: pictureId, tone: "bad" });
  };
  return (
    <div>
      <h3 className="mb-1.5 text-xs font-medium text-ink-2">Or small ones of the test set</h3>
      <ul className="grid grid-cols-8 gap-1">
        {thumbnails.map(({ pictureId, label }) => (
          <li key={pictureId}>
            <button
              type="button"
              aria-label={`Try ${pictureId}`}
              title={pictureId}
              onClick={() => void add(pictureId, label)}
              className="block aspect-square w-full cursor-pointer overflow-hidden rounded-sm bg-sunken hover:ring-2 hover:ring-accent"
            >
              <img
                src={thumbnailUrl(datasetHash, pictureId)}
                alt=""
                className="size-full object-cover [image-rendering:pixelated]"
              />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
