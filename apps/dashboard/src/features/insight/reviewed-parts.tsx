/** What reviews of labels and of sets of labels show alike: a doubted picture's head of a row, and how labels are corrected. */
"use client";
import type { RunDetail } from "../../trpc/context";
import { CommandLine } from "./insight-section";
import { plainPictureUrl } from "./picture-trail";
import { SmallPicture } from "./small-picture";

export interface ReviewedPictureProps {
  run: RunDetail;
  picture: { readonly id: string; readonly split: string };
  onOpen: (id: string) => void;
}

export function ReviewedPicture({ run, picture: { id, split }, onOpen }: ReviewedPictureProps) {
  return (
    <th scope="row" className="p-2 font-normal">
      <button
        type="button"
        onClick={() => onOpen(id)}
        className="flex cursor-pointer items-center gap-2 rounded-md text-left hover:bg-sunken"
      >
        <SmallPicture src={plainPictureUrl(run, id)} className="size-14 shrink-0" />
        <span className="min-w-40 font-mono text-2xs break-all text-ink-3">
          {split} · {id}
        </span>
      </button>
    </th>
  );
}

export function HowToCorrect({ run }: { run: RunDetail }) {
  return (
    <div className="flex flex-col gap-1 text-sm text-ink-2">
      <p>
        A manifest with these suggestions, to correct by hand and train again with (labels are never changed
        unasked):
      </p>
      <CommandLine command={`convkit review ${run.id} --export relabel.csv`} />
    </div>
  );
}
