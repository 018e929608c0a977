/** Copies an id, a hash or a command, and says that it did. */
"use client";
import { useEffect, useState } from "react";
import { IconButton } from "./button.js";
import { Icon } from "./icon.js";

export interface CopyButtonProps {
  text: string;
  /** "Copy run id". */
  label: string;
  className?: string;
}

export function CopyButton({ text, label, className }: CopyButtonProps) {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 1600);
    return () => clearTimeout(timer);
  }, [state]);
  const said = { idle: label, copied: "Copied", refused: "The browser refused to copy" }[state];
  return (
    <>
      <IconButton
        label={said}
        size="sm"
        {...(className && { className })}
        onClick={() => {
          // Absent on pages that came over plain http from another host.
          if (!("clipboard" in navigator)) return setState("refused");
          navigator.clipboard.writeText(text).then(
            () => setState("copied"),
            () => setState("refused"),
          );
        }}
      >
        <Icon name={state === "copied" ? "check" : "copy"} className="size-3.5" />
      </IconButton>
      <span role="status" className="sr-only">
        {state === "idle" ? "" : said}
      </span>
    </>
  );
}
