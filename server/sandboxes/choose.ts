// Which kinds of sandbox work on this machine, and which one is it to be? `auto` is the VM where
// QEMU starts, else the host's own kernel, else the simulator; whenever it is not the VM, that is
// said. A kind that was named is never replaced, and nothing here ever falls back to a plain shell
// of the host.
// Not here: how a kind is probed and opened (server/vm, server/host).

import { release } from "node:os";
import { type Sandbox, SandboxError } from "../../shared/sandbox.ts";
import type { Offer } from "../../shared/session.ts";
import { openHostSandbox, probeHost } from "../host/hostSandbox.ts";
import { ensureImage, existingImage, type Image } from "../image/image.ts";
import { hasProgram } from "../image/requirements.ts";
import { openVmSandbox, probeVm } from "../vm/vmSandbox.ts";
import { openServerSimulator } from "./serverSimulator.ts";

/** A kind that has a real kernel. */
export type RealKind = "vm" | "host";

/** What may be asked for: a kind, or the best that works. */
export type WantedKind = RealKind | "auto" | "simulator";

/** A kind and, when it does not work here, a sentence with what is missing. */
export type KindState = { readonly kind: RealKind; readonly reason?: string };

/** The kind that was chosen, ready to be opened any number of times. */
export type ChosenSandbox = Offer & {
  /** A sentence when this is not the kind that is best; it wants to be shown. */
  readonly note?: string;
  /** Rejects with a `SandboxError`. */
  open(): Promise<Sandbox>;
};

/** What works on this machine as it is; makes no image. */
export async function availableKinds(): Promise<readonly KindState[]> {
  const image = await existingImage();
  const noImage = "There is no VM image yet; make it with: npx vethbook vm build";
  return [
    stateOf("vm", (await probeVm()) ?? (image ? undefined : noImage)),
    stateOf("host", image ? await probeHost(image) : noImage),
  ];
}

/**
 * Picks a kind and makes its image if need be; rejects with a `SandboxError` when the named kind does
 * not work.
 */
export async function chooseSandbox(
  wanted: WantedKind,
  report: (text: string) => void,
): Promise<ChosenSandbox> {
  if (wanted === "simulator") return simulator();
  if (wanted === "host") return chosen("host", await imageForHost(report));
  const vmReason = await probeVm();
  if (wanted === "vm") {
    if (vmReason !== undefined) throw new SandboxError(vmReason);
    return chosen("vm", await ensureImage(report));
  }
  try {
    if (vmReason === undefined) return chosen("vm", await ensureImage(report));
    const image = await imageForHost(report);
    const note = `${sentence(vmReason)} Until then the commands run on this machine's own kernel.`;
    return { ...chosen("host", image), note };
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    const reasons = [...new Set([vmReason ?? error.message, error.message])].map(sentence);
    const note = `${reasons.join(" ")} Until then the commands run in the simulator, not on a kernel.`;
    return { ...simulator(), note };
  }
}

/** Picks a kind and opens one sandbox of it. */
export async function openSandbox(
  wanted: WantedKind,
  report: (text: string) => void,
): Promise<Sandbox> {
  const choice = await chooseSandbox(wanted, report);
  if (choice.note !== undefined) report(choice.note);
  return choice.open();
}

async function imageForHost(report: (text: string) => void): Promise<Image> {
  // Asked before the image is made: that takes a minute, and would be for nothing.
  if (process.platform === "linux" && !(await hasProgram("bwrap"))) throw new SandboxError(noBwrap);
  const image = await ensureImage(report);
  const reason = await probeHost(image);
  if (reason !== undefined) throw new SandboxError(reason);
  return image;
}

const noBwrap = "bubblewrap is not installed; add it with: sudo apt-get install bubblewrap";

function chosen(kind: RealKind, image: Image): ChosenSandbox {
  // "6.1.0-56-cloud-amd64" → "6.1": what a reader can make use of.
  const version = (full: string) => full.split(".").slice(0, 2).join(".");
  return kind === "vm"
    ? {
        ...{ kind, label: `Linux ${version(image.kernelVersion)} in a VM` },
        open: () => openVmSandbox(image),
      }
    : {
        ...{ kind, label: `this host's Linux ${version(release())}` },
        open: () => openHostSandbox(image),
      };
}

function simulator(): ChosenSandbox {
  const offer = { kind: "simulator", label: "simulator", pace: "fastest" } as const;
  return { ...offer, open: async () => openServerSimulator() };
}

function stateOf(kind: RealKind, reason: string | undefined): KindState {
  return reason === undefined ? { kind } : { kind, reason };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
