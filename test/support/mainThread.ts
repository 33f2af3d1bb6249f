// How long does the page's main thread work without a break? Measured as processor time, so that a
// busy machine does not count against the page; what a reader waits for on an idle one.
// Source: the Trace Event Format, "tdur" of RunTask.

import type { Page } from "playwright-core";

type TraceEvent = {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
};

/** The longest task of the page's main thread while `work` goes on, in milliseconds. */
export async function longestTask(page: Page, work: () => Promise<void>): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  devtools.on("Tracing.dataCollected", ({ value }) => {
    events.push(...(value as unknown as TraceEvent[]));
  });
  await devtools.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: ["toplevel"], excludedCategories: ["*"] },
  });
  try {
    await work();
  } finally {
    const complete = new Promise<void>((resolve) => {
      devtools.once("Tracing.tracingComplete", () => resolve());
    });
    await devtools.send("Tracing.end");
    await complete;
    await devtools.detach();
  }
  const mainThreads = new Set(
    events.flatMap(({ name, args, ...event }) =>
      name === "thread_name" && args?.name === "CrRendererMain" ? [threadOf(event)] : [],
    ),
  );
  const tasks = events.filter(
    (event) => event.name.endsWith("RunTask") && mainThreads.has(threadOf(event)),
  );
  if (tasks.length === 0) throw new Error("The trace tells of no task of a main thread.");
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000;
}

function threadOf({ pid, tid }: Pick<TraceEvent, "pid" | "tid">): string {
  return `${pid}/${tid}`;
}
