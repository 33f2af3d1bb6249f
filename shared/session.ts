// A reader's work on one chapter as one numbered list of events. Reload, second tab and restart of
// the server all read this list again from where they were, so they all see the same bytes.

import type { NetworkState } from "./network.ts";
import type { Packet } from "./packets.ts";
import type { Pace, SandboxKind } from "./sandbox.ts";

/** How a run ended. `lost` carries a sentence for the reader. */
export type RunEnd =
  | { readonly type: "exit"; readonly code: number }
  | { readonly type: "lost"; readonly reason: string };

/** What happened, without its number. `data` is base64 of the bytes a terminal printed. */
export type SessionFact =
  | { readonly type: "sandbox-starting"; readonly kind: SandboxKind }
  | { readonly type: "sandbox-ready"; readonly kind: SandboxKind; readonly kernel: string }
  /** The sandbox is gone; runs after this need a new one. */
  | { readonly type: "sandbox-ended"; readonly reason: string }
  /** From here on time passes so, in this sandbox and in every later one. */
  | { readonly type: "pace-set"; readonly pace: Pace }
  | {
      readonly type: "run-queued";
      readonly run: string;
      readonly cell: string;
      readonly on: string;
    }
  | {
      readonly type: "run-started";
      readonly run: string;
      readonly cell: string;
      readonly on: string;
      readonly source: string;
    }
  | { readonly type: "run-output"; readonly run: string; readonly data: string }
  /** The run has printed more than is kept; it goes on, unseen in the cell. */
  | { readonly type: "run-cut"; readonly run: string; readonly keptBytes: number }
  | {
      readonly type: "run-ended";
      readonly run: string;
      readonly end: RunEnd;
      readonly milliseconds: number;
    }
  | { readonly type: "terminal-opened"; readonly terminal: string }
  | { readonly type: "terminal-output"; readonly terminal: string; readonly data: string }
  | { readonly type: "terminal-ended"; readonly terminal: string; readonly reason: string };

/**
 * A fact with its place in the list and when it was noted. Places start at 1 and rise one by one;
 * when the list is shortened they jump upwards, and no place ever names a second fact.
 */
export type SessionEvent = SessionFact & { readonly seq: number; readonly time: number };

/** What a page would get: in words such as "Linux 6.1 in a VM", and how its time passes if that is virtual. */
export type Offer = {
  readonly kind: SandboxKind;
  readonly label: string;
  /** The pace at which it starts; undefined where time is real. */
  readonly pace?: Pace | undefined;
};

/** From the server to the page. */
export type ServerMessage =
  /** First message on a connection. Events follow from `since + 1`. */
  | {
      readonly type: "hello";
      readonly session: string;
      /** The oldest event that is still kept; a page that is behind it starts anew from there. */
      readonly first: number;
      readonly head: number;
      readonly offer: Offer;
    }
  | { readonly type: "events"; readonly events: readonly SessionEvent[] }
  /** The newest network state; older ones are not kept. `before` is the state when the last run began. */
  | { readonly type: "state"; readonly state: NetworkState; readonly before?: NetworkState }
  /** Frames since those that the page has, of the sandbox's life of this number, or why there are none. */
  | {
      readonly type: "packets";
      readonly life: number;
      readonly packets: readonly Packet[];
      readonly missing?: string;
    }
  /** A sentence that the reader should notice. */
  | { readonly type: "notice"; readonly text: string }
  /** The request `of` was refused; nothing changed. */
  | { readonly type: "refused"; readonly of: string; readonly reason: string };
