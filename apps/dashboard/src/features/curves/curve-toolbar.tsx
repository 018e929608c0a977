/** One set of controls for all charts of a page. The slider answers at once, and asks the server when it rests. */
"use client";
import { Segmented, Slider, Switch } from "@convkit/ui";
import { useEffect, useRef, useState, type ReactNode } from "react";
import type { CurveAxis, CurveSettings } from "./curve-settings";

export interface CurveToolbarProps {
  settings: CurveSettings;
  onChange: (change: Partial<CurveSettings>) => void;
  children?: ReactNode;
}

const REST_MS = 180;
const axes: readonly { value: CurveAxis; label: string }[] = [
  { value: "step", label: "Step" },
  { value: "epoch", label: "Epoch" },
  { value: "time", label: "Time" },
];

export function CurveToolbar({ settings, onChange, children }: CurveToolbarProps) {
  return (
    <div
      role="group"
      aria-label="How curves are drawn"
      className="flex flex-wrap items-center gap-x-5 gap-y-2 rounded-lg border border-line bg-surface px-4 py-2"
    >
      <Segmented label="x axis" value={settings.x} onValueChange={(x) => onChange({ x })} options={axes} />
      <Switch label="Log x" checked={settings.logX} onCheckedChange={(logX) => onChange({ logX })} />
      <SmoothingSlider value={settings.smoothing} onRest={(smoothing) => onChange({ smoothing })} />
      {children}
    </div>
  );
}

function SmoothingSlider({ value, onRest }: { value: number; onRest: (value: number) => void }) {
  const [draft, setDraft] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setDraft(value);
  }
  const latest = useRef(onRest);
  useEffect(() => {
    latest.current = onRest;
  });
  useEffect(() => {
    if (draft === value) return;
    const timer = setTimeout(() => latest.current(draft), REST_MS);
    return () => clearTimeout(timer);
  }, [draft, value]);
  return (
    <Slider
      label="Smoothing"
      value={draft}
      onValueChange={setDraft}
      min={0}
      max={0.99}
      step={0.01}
      format={(amount) => (amount === 0 ? "off" : amount.toFixed(2))}
      className="w-60 max-w-full"
    />
  );
}
