// `Generators` of Observable, as far as compiled cells need it: the values of an input over time.

/** Yields the input's value now, and again whenever it fires `input`. */
export async function* input(element: HTMLElement & { value?: unknown }): AsyncGenerator<unknown> {
  let wake: (() => void) | undefined;
  let dirty = true;
  const onInput = () => {
    dirty = true;
    wake?.();
  };
  element.addEventListener("input", onInput);
  try {
    for (;;) {
      if (!dirty) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      dirty = false;
      if (element.value !== undefined) yield element.value;
    }
  } finally {
    element.removeEventListener("input", onInput);
  }
}
