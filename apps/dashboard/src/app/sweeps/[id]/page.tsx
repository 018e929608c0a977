/** One sweep and its trials. */
import type { Metadata } from "next";
import { SweepPage } from "../../../features/sweeps/sweep-page";

interface PageProps {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: decodeURIComponent((await params).id) };
}

export default async function Page({ params }: PageProps) {
  const id = decodeURIComponent((await params).id);
  return <SweepPage key={id} id={id} />;
}
