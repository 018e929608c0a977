/** What a reader is asked about before it is done to it: kept while the dialog closes, which still names it. */
"use client";
import { useState } from "react";

export function useConfirmed<Row>() {
  const [chosen, setChosen] = useState<Row | null>(null);
  const [open, setOpen] = useState(false);
  const ask = (row: Row) => {
    setChosen(row);
    setOpen(true);
  };
  return { chosen, ask, close: () => setOpen(false), dialog: { open, onOpenChange: setOpen } };
}
