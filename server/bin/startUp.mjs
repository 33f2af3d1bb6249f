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
    await prepareImage();
    const { main } = await import("../cli/main.ts");
    await main(["serve", "--open", ...options]);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

async function prepareImage() {
  const { ensureImage } = await import("../image/image.ts");
  try {
    await makeImage((detail) => ensureImage(detail));
  } catch (error) {
    console.error(error.message);
  }
}
