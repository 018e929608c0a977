/** A page that broke: what it says, and the way to try again without losing the rest. */
"use client";
import { ErrorState } from "@convkit/ui";

export default function PageError({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <div className="pt-16">
      <ErrorState title="This page broke" message={error.message} onRetry={reset} />
    </div>
  );
}
