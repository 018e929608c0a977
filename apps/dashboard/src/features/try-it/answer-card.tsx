/** One picture and what the network says of it, beside what the network gets to see. */
"use client";
import { Card, ErrorState, Skeleton } from "@convkit/ui";
import type { ReactNode } from "react";
import type { ModelCard } from "@convkit/schema";
import { ClassBars } from "./class-bars";
import type { PictureAnswer, ShownPicture } from "./classifier-protocol";
import { isNeutral, type Disturbance } from "./disturbance";
import { DisturbanceSliders } from "./disturbance-sliders";
import { PixelCanvas } from "./pixel-canvas";

export interface AnswerCardProps {
  name: string;
  /** null until the model is open. */
  card: ModelCard | null;
  /** Index of the class that the picture is known to be of. */
  label: number | null;
  answer: PictureAnswer | null;
  failure: string | null;
  /** Without what the sliders do; null where that is not known. */
  undisturbed: Float32Array | null;
  disturbance: Disturbance;
  onDisturbance: (disturbance: Disturbance) => void;
}

export function AnswerCard(props: AnswerCardProps) {
  const { name, card, label, answer, failure, undisturbed, disturbance, onDisturbance } = props;
  const known = label === null ? undefined : card?.classNames[label];
  if (failure !== null) {
    return (
      <Card title={name}>
        <ErrorState title="This picture cannot be classified" message={failure} />
      </Card>
    );
  }
  return (
    <Card title={name} detail={known !== undefined && `labelled ${known}`}>
      <div className="grid gap-x-6 gap-y-5 lg:grid-cols-2" aria-busy={card === null || answer === null}>
        <div className="grid grid-cols-2 content-start gap-3">
          <Figure
            caption="The picture"
            shape={answer && `${answer.width} × ${answer.height}`}
            of={answer?.picture}
          >
            {isNeutral(disturbance) ? "" : ", disturbed"}
          </Figure>
          <Figure
            caption="As the network sees it"
            shape={answer && `${answer.input.width} × ${answer.input.height}`}
            of={answer?.input}
          />
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          {card && answer ? (
            <>
              <ClassBars
                card={card}
                probabilities={answer.probabilities}
                undisturbed={isNeutral(disturbance) ? null : undisturbed}
              />
              <Calibration card={card} />
            </>
          ) : (
            <Skeleton className="h-40 w-full" />
          )}
          <DisturbanceSliders value={disturbance} onChange={onDisturbance} />
        </div>
      </div>
    </Card>
  );
}

interface FigureProps {
  caption: string;
  shape: string | null;
  of: ShownPicture | undefined;
  children?: ReactNode;
}

function Figure({ caption, shape, of, children }: FigureProps) {
  return (
    <figure className="min-w-0">
      {of ? (
        <PixelCanvas picture={of} label={caption} />
      ) : (
        <Skeleton className="aspect-square h-auto w-full" />
      )}
      <figcaption className="mt-1 text-xs text-ink-2">
        {caption}
        {children}
        {shape && <span className="block text-ink-3 tabular-nums">{shape}</span>}
      </figcaption>
    </figure>
  );
}

function Calibration({ card: { temperature } }: { card: ModelCard }) {
  return (
    <p className="text-xs text-ink-3">
      {temperature
        ? `Calibrated: logits divided by ${temperature.value.toPrecision(3)}, fitted on ${temperature.count.toLocaleString("en")} pictures of ${temperature.split}.`
        : "Not calibrated: the network's own probabilities, which are often too sure."}
    </p>
  );
}
