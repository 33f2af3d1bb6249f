// What the page and its simulator say to each other besides the protocol that the server speaks too.
// Not here: that protocol (shared/protocol.ts, shared/session.ts).

import type { ClientMessage } from "../../shared/protocol.ts";
import type { ServerMessage } from "../../shared/session.ts";

/** Which tab keeps what happens in the chapter: this one, another one, or none. */
export type Keeping = "here" | "elsewhere" | "nowhere";

/** What a simulator is told first of all. */
export type Beginning = {
  readonly chapter: string;
  /** What ended the earlier life of its session, as the beginning of a sentence: "This page was left". */
  readonly interruption: string;
  readonly keeping: Keeping;
};

/** From the page to its simulator. */
export type ToSimulator =
  | ({ readonly type: "start" } & Beginning)
  | { readonly type: "said"; readonly message: ClientMessage }
  /** One more message of the simulator has been taken in. */
  | { readonly type: "taken" }
  /** It shall say that it is still there. */
  | { readonly type: "ask" };

/** From the simulator to its page. */
export type FromSimulator =
  | { readonly type: "said"; readonly message: ServerMessage }
  /** It is still there. */
  | { readonly type: "here" }
  /** It will not go on with this page. */
  | { readonly type: "closed"; readonly reason: string }
  /** It made a mistake and has ended; everything that could be kept is kept. */
  | { readonly type: "broken"; readonly reason: string };
