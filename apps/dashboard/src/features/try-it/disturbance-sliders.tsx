/** What can go wrong with a picture, by degrees. */
"use client";
import { Button, Slider } from "@convkit/ui";
import { isNeutral, NEUTRAL, type Disturbance } from "./disturbance";

export interface DisturbanceSlidersProps {
  value: Disturbance;
  onChange: (value: Disturbance) => void;
}

const SLIDERS: readonly {
  readonly key: keyof Disturbance;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly format: (value: number) => string;
}[] = [
  { key: "blurPercent", label: "Blur", min: 0, max: 10, step: 0.25, format: (value) => `${value}%` },
  { key: "noisePercent", label: "Noise", min: 0, max: 50, step: 1, format: (value) => `${value}%` },
  { key: "brightness", label: "Brightness", min: 0, max: 2, step: 0.05, format: (value) => `×${value}` },
  { key: "rotationDegrees", label: "Rotation", min: -180, max: 180, step: 1, format: (value) => `${value}°` },
];

export function DisturbanceSliders({ value, onChange }: DisturbanceSlidersProps) {
  return (
    <div role="group" aria-label="Disturb the picture" className="flex flex-col gap-1.5">
      {SLIDERS.map(({ key, label, format, ...range }) => (
        <div key={key} className="flex items-center gap-3">
          <span aria-hidden="true" className="w-20 shrink-0 text-sm text-ink-2">
            {label}
          </span>
          <Slider
            {...range}
            label={label}
            hideLabel
            value={value[key]}
            onValueChange={(next) => onChange({ ...value, [key]: Number(next.toFixed(2)) })}
            format={format}
            className="flex-1"
          />
        </div>
      ))}
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-xs text-ink-3">Blur in per cent of the shorter edge, noise of white.</p>
        <Button size="sm" disabled={isNeutral(value)} onClick={() => onChange(NEUTRAL)}>
          Reset
        </Button>
      </div>
    </div>
  );
}
