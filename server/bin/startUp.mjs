// Sets up whatever is missing, then becomes `vethbook serve --open` in this same process.
// A machine that cannot make the VM image still gets the server: it says what it can do without.

import { forStart } from "../setup/debianPackages.mjs";
import { makeImage } from "../setup/makeImage.mjs";
import { prepare } from "../setup/prepare.mjs";

/** Starts Vethbook; `options` are passed on to `vethbook serve`. */
export async function startUp(options) {
  try {
    await prepare(forStart, console.error);
    const { register } = await import("tsx/esm/api");
    register();
    await prepareVm();
    const { main } = await import("../cli/main.ts");
    await main(["serve", "--open", ...options]);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
  process.exit();
}

/** The image and the booted template, so that the reader's first Run does not wait for them. */
async function prepareVm() {
  const [{ ensureImage }, { probeVm }, { probeKvm }, { ensureTemplate }] = await Promise.all([
    import("../image/image.ts"),
    import("../vm/vmSandbox.ts"),
    import("../vm/kvm.ts"),
    import("../vm/template.ts"),
  ]);
  try {
    await makeImage(async (detail) => {
      const image = await ensureImage(detail);
      if ((await probeVm()) !== undefined) return;
      detail("booting a VM once");
      await ensureTemplate(image, (await probeKvm(image)).works ? "kvm" : "tcg");
    });
  } catch (error) {
    console.error(error.message);
  }
}
