/** Keys that work on every page, and the dialog that lists them. Nothing happens while someone types. */
"use client";
import { Dialog, Kbd } from "@convkit/ui";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { areas } from "./navigation";

const SEQUENCE_MS = 1200;
const NEVER = -Infinity;

const lists: readonly { title: string; keys: readonly (readonly [string, string])[] }[] = [
  {
    title: "Go to",
    keys: areas.map(({ key, label }) => [`g ${key}`, label] as const),
  },
  {
    title: "In a table",
    keys: [
      ["/", "Search"],
      ["f", "Filter"],
      ["j", "Next row"],
      ["k", "Row before"],
      ["Enter", "Open the row"],
      ["Space", "Select the row"],
      ["→ ←", "Expand and fold a group"],
    ],
  },
  {
    title: "On a chart",
    keys: [
      ["← →", "Read the values"],
      ["+ −", "Zoom"],
      ["Esc", "Reset the zoom"],
    ],
  },
  { title: "Everywhere", keys: [["?", "This list"]] },
];

export function Shortcuts() {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  /** When g was pressed, in the time of events, which begins with the page. */
  const pendingSince = useRef(NEVER);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (
        isTyping(event.target) ||
        document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]')
      )
        return;
      const wasPending = event.timeStamp - pendingSince.current < SEQUENCE_MS;
      pendingSince.current = NEVER;
      if (wasPending) {
        const area = areas.find(({ key }) => key === event.key);
        if (!area) return;
        event.preventDefault();
        return router.push(area.path);
      }
      const act: Record<string, () => boolean> = {
        g: () => {
          pendingSince.current = event.timeStamp;
          return true;
        },
        "?": () => {
          setOpen(true);
          return true;
        },
        "/": () => focusOn("[data-shortcut='search']"),
        f: () => focusOn("[data-shortcut='filter']"),
        j: () => moveRow("ArrowDown"),
        k: () => moveRow("ArrowUp"),
      };
      if (act[event.key]?.()) event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [router]);

  return (
    <Dialog open={open} onOpenChange={setOpen} title="Keyboard">
      <div className="grid gap-6 sm:grid-cols-2">
        {lists.map(({ title, keys }) => (
          <section key={title}>
            <h3 className="mb-2 text-xs font-medium text-ink-3">{title}</h3>
            <dl className="flex flex-col gap-1.5">
              {keys.map(([combination, meaning]) => (
                <div key={combination} className="flex items-center justify-between gap-4 text-sm">
                  <dt className="order-2 flex gap-1">
                    {combination.split(" ").map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dt>
                  <dd className="text-ink">{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches("input, textarea, select, [role='combobox'], [role='application']"))
  );
}

function focusOn(selector: string): boolean {
  const field = document.querySelector<HTMLElement>(selector);
  field?.focus();
  return field !== null;
}

/** The table has its own arrow keys; j and k are the same under the fingers. */
function moveRow(key: "ArrowDown" | "ArrowUp"): boolean {
  const table = document.querySelector<HTMLElement>(
    "main :is([role='grid'], [role='treegrid'])[tabindex='0']",
  );
  if (!table) return false;
  table.focus({ preventScroll: true });
  table.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  return true;
}
