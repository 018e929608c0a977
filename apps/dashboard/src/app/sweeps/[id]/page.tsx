/** One sweep and its trials. */
import type { Metadata } from "next";
import { SweepPage } from "../../../features/sweeps/sweep-page";

interface PageProps {
  params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: decodeURIComponent((await params).name) };
}

export default async function Page({ params }: PageProps) {
  const name = decodeURIComponent((await params).name);
  return <SweepPage key={name} name={name} />;
}
