// What the page and its simulator say to each other besides the protocol that the server speaks too.
// Not here: that protocol (shared/protocol.ts, shared/session.ts).

import type { ClientMessage } from "../../shared/protocol.ts";
import type { ServerMessage } from "../../shared/session.ts";

/** From the page to its simulator. */
export type ToSimulator =
  /**
   * First of all: which chapter, and what ended the earlier life of its session, as the beginning of
   * a sentence: "This page was left".
   */
  | { readonly type: "start"; readonly chapter: string; readonly interruption: string }
  | { readonly type: "said"; readonly message: ClientMessage }
  /** One more message of the simulator has been taken in. */
  | { readonly type: "taken" };

/** From the simulator to its page. */
export type FromSimulator =
  | { readonly type: "said"; readonly message: ServerMessage }
  /** It will not go on with this page. */
  | { readonly type: "closed"; readonly reason: string }
  /** It made a mistake and has ended; everything that could be kept is kept. */
  | { readonly type: "broken"; readonly reason: string };
