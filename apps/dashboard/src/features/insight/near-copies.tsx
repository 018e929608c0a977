/** Pictures that are in several splits or under several labels: what they judge was learnt, or one label is wrong. */
"use client";
import { Badge, Button } from "@convkit/ui";
import { useState } from "react";
import type { LabelReview, RunDetail } from "../../trpc/context";
import { plainPictureUrl } from "./picture-trail";
import { SmallPicture } from "./small-picture";

const GROUPS = 8;

export interface NearCopiesProps {
  run: RunDetail;
  copies: LabelReview["copies"];
  onOpen: (id: string) => void;
}

export function NearCopies({ run, copies, onOpen }: NearCopiesProps) {
  const [count, setCount] = useState(GROUPS);
  if (copies.length === 0)
    return <p className="text-sm text-ink-2">No picture is in several splits or under several labels.</p>;
  return (
    <section className="flex flex-col gap-3">
      <h3 className="text-sm font-medium text-ink">
        Copies across splits or labels: {copies.length.toLocaleString("en")}{" "}
        {copies.length === 1 ? "group" : "groups"}
      </h3>
      <ul className="flex flex-col gap-3" aria-label="Groups of copies">
        {copies.slice(0, count).map(({ kind, count: size, pictures, isLeak, isConflict }, index) => (
          <li key={index} className="flex flex-wrap items-start gap-2">
            {pictures.map(({ id, split, className }) => (
              <button
                key={`${split} ${id}`}
                type="button"
                onClick={() => onOpen(id)}
                className="w-20 cursor-pointer rounded-md text-left text-2xs hover:bg-sunken"
              >
                <SmallPicture src={plainPictureUrl(run, id)} className="w-full" />
                <span className="mt-1 block truncate text-ink">{className}</span>
                <span className="block truncate text-ink-3">{split}</span>
                <span className="sr-only">{id}</span>
              </button>
            ))}
            <span className="flex flex-col items-start gap-1 text-xs text-ink-3">
              {kind === "exact" ? "The same file" : "Nearly the same"}
              {isLeak && <Badge tone="warn">in several splits</Badge>}
              {isConflict && <Badge tone="bad">labels disagree</Badge>}
              {size > pictures.length && (
                <span>and {(size - pictures.length).toLocaleString("en")} more</span>
              )}
            </span>
          </li>
        ))}
      </ul>
      {count < copies.length && (
        <Button size="sm" className="self-start" onClick={() => setCount(count + 5 * GROUPS)}>
          Show more
        </Button>
      )}
    </section>
  );
}
