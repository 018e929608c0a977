/** What is ticked, switched or slid says what for. */
import type { ReactNode } from "react";

export interface LabelledProps {
  label: ReactNode;
  /** Keeps the label for screen readers only. */
  hideLabel?: boolean;
  disabled?: boolean;
  className?: string;
}
