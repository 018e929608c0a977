/** What stands around the pages before the door: the name, one card, nothing else. */
import { Card } from "@convkit/ui";
import type { ReactNode } from "react";
import { Mark } from "../shell/mark";

export interface EntranceProps {
  title: string;
  children: ReactNode;
  footer?: ReactNode;
}

export function Entrance({ title, children, footer }: EntranceProps) {
  return (
    <div className="flex min-h-dvh flex-col items-center justify-center gap-6 px-4 py-10">
      <p className="flex items-center gap-2.5 text-lg font-semibold tracking-tight text-ink">
        <Mark />
        convkit
      </p>
      <Card className="w-full max-w-sm">
        <h1 className="mb-4 pt-1 text-xl font-semibold tracking-tight text-ink">{title}</h1>
        {children}
      </Card>
      {footer && <p className="max-w-sm text-center text-xs text-ink-3">{footer}</p>}
    </div>
  );
}
