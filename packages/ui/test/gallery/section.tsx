/** A part of the gallery that tests and screenshots find by its id. */
import type { ReactNode } from "react";

export function Section({ id, children }: { id: string; children: ReactNode }) {
  return (
    <div id={id} className="min-w-0">
      {children}
    </div>
  );
}
