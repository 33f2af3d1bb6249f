// The parts of Observable's runtime, inspector and inputs that the page uses; they come without
// types.

declare module "@observablehq/runtime" {
  export type Observer = {
    pending?(): void;
    fulfilled?(value: unknown, name?: string): void;
    rejected?(error: unknown, name?: string): void;
  };
  export type Definition = (...inputs: never[]) => unknown;
  export type Variable = {
    define(name: string | null, inputs: readonly string[], definition: unknown): Variable;
  };
  export type Module = {
    variable(observer?: Observer | boolean): Variable;
  };
  export class Runtime {
    constructor(builtins?: Readonly<Record<string, unknown>>);
    module(): Module;
    dispose(): void;
  }
}

declare module "@observablehq/inspector" {
  import type { Observer } from "@observablehq/runtime";
  export class Inspector implements Observer {
    constructor(node: Element);
    pending(): void;
    fulfilled(value: unknown, name?: string): void;
    rejected(error: unknown, name?: string): void;
  }
}

declare module "@observablehq/inputs" {
  export function range(extent?: readonly number[], options?: object): HTMLElement;
}
