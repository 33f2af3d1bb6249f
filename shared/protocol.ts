// What a page may say to the server. One frame that does not fit closes that connection with a
// reason and harms nothing else.

import { z } from "zod";

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/);
const size = z.strictObject({
  columns: z.number().int().min(1).max(1000),
  rows: z.number().int().min(1).max(1000),
});

/** From the page to the server. */
export const clientMessage = z.discriminatedUnion("type", [
  /** First message on a connection: which chapter, and the last event the page has seen (0: none). */
  z.strictObject({ type: z.literal("open"), chapter: name, since: z.number().int().min(0) }),
  /** Everything up to this event has been shown; opens the window for more. */
  z.strictObject({ type: z.literal("seen"), seq: z.number().int().min(0) }),
  /** Runs cells in this order; a later one is not started when an earlier one is lost. */
  z.strictObject({
    type: z.literal("run"),
    cells: z
      .array(
        z.strictObject({
          cell: name,
          on: name,
          source: z.string().max(64 * 1024),
        }),
      )
      .min(1)
      .max(200),
  }),
  /** Ctrl-C for the running cell of this terminal, or of all, and nothing queued runs any more. */
  z.strictObject({ type: z.literal("stop"), cell: name.optional() }),
  z.strictObject({ type: z.literal("reset") }),
  /** How time passes, where it is virtual. */
  z.strictObject({ type: z.literal("pace"), pace: z.literal([0, 1, 10, "fastest"]) }),
  /** While time stands still: the next event happens. */
  z.strictObject({ type: z.literal("step") }),
  /** From here on the page wants frames: those after the one of this number, of this life of the sandbox. */
  z.strictObject({
    type: z.literal("packets"),
    life: z.number().int().min(0),
    since: z.number().int().min(0),
  }),
  z.strictObject({ type: z.literal("terminal-open"), terminal: name, size }),
  z.strictObject({ type: z.literal("terminal-resize"), terminal: name, size }),
  /** Keys as text; at most 64 KiB at a time. */
  z.strictObject({
    type: z.literal("terminal-input"),
    terminal: name,
    data: z.string().max(65536),
  }),
]);

export type ClientMessage = z.infer<typeof clientMessage>;
