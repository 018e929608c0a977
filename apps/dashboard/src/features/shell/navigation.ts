/** The areas of the dashboard, in the order of the rail. */
import {
  Boxes,
  ChartSpline,
  GitCompareArrows,
  Images,
  ListOrdered,
  Settings,
  SlidersHorizontal,
  type LucideIcon,
} from "lucide-react";

export interface Area {
  readonly path: `/${string}`;
  readonly label: string;
  readonly icon: LucideIcon;
  /** Pressed after `g`. */
  readonly key: string;
}

export const areas: readonly Area[] = [
  { path: "/runs", label: "Runs", icon: ChartSpline, key: "r" },
  { path: "/compare", label: "Compare", icon: GitCompareArrows, key: "c" },
  { path: "/sweeps", label: "Sweeps", icon: SlidersHorizontal, key: "w" },
  { path: "/datasets", label: "Data sets", icon: Images, key: "d" },
  { path: "/models", label: "Models", icon: Boxes, key: "m" },
  { path: "/queue", label: "Queue", icon: ListOrdered, key: "q" },
  { path: "/settings", label: "Settings", icon: Settings, key: "s" },
];

export function isWithin(pathname: string, area: Area): boolean {
  return pathname === area.path || pathname.startsWith(`${area.path}/`);
}
