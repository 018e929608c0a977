/** Searches for the best values of a config's fields. */
import type { Metadata } from "next";
import { SweepsPage } from "../../features/sweeps/sweeps-page";

export const metadata: Metadata = { title: "Sweeps" };

export default function Page() {
  return <SweepsPage />;
}
