// Which sandboxes a browser test can use here. Makes the image first, so that a kind that this
// machine can run is never skipped for want of it.

import { ensureImage } from "../../server/image/image.ts";
import { availableKinds, type RealKind } from "../../server/sandboxes/choose.ts";
import type { SandboxKind } from "../../shared/sandbox.ts";
import { noChromium } from "./chromium.ts";

await ensureImage((text) => console.error(text)).catch((error: Error) => {
  console.error(error.message); // the kinds below say the same, as the reason of a skip
});
const kinds = await availableKinds();

/** Why a kind cannot be tested in a browser here, or false. */
export function cannotUse(kind: SandboxKind): string | false {
  return noChromium || (kinds.find((one) => one.kind === kind)?.reason ?? false);
}

/** The first of these kinds that works here; the first of all when none does. */
export function firstUsable(wanted: readonly [RealKind, RealKind]): RealKind {
  return wanted.find((kind) => cannotUse(kind) === false) ?? wanted[0];
}
