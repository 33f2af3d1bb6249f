// Names that a js cell may use because every page has them: the language's own and the browser's
// that make sense in a chapter. A name that is neither here nor provided is told as unknown.

/** Globals of a js cell. */
export const SCRIPT_GLOBALS: ReadonlySet<string> = new Set(
  `
  AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date
  Error FinalizationRegistry Float32Array Float64Array Infinity Int16Array Int32Array Int8Array Intl
  JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set String
  Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap
  WeakRef WeakSet decodeURI decodeURIComponent encodeURI encodeURIComponent globalThis isFinite isNaN
  parseFloat parseInt undefined this

  AbortController AbortSignal Blob CSS CustomEvent DOMParser DOMRect Document DocumentFragment Element
  Event EventTarget File FileReader FormData HTMLElement Headers Image ImageData IntersectionObserver
  KeyboardEvent MessageChannel MutationObserver Node Path2D PointerEvent Request ResizeObserver
  Response SVGElement Text TextDecoder TextEncoder URL URLSearchParams Worker XMLSerializer atob btoa
  cancelAnimationFrame clearInterval clearTimeout console crypto devicePixelRatio document fetch
  getComputedStyle innerHeight innerWidth localStorage location matchMedia navigator performance
  queueMicrotask requestAnimationFrame sessionStorage setInterval setTimeout structuredClone window
  `
    .trim()
    .split(/\s+/),
);

/** Globals that compile text, which the page's content policy does not allow. */
export const COMPILING_GLOBALS: ReadonlySet<string> = new Set(["eval", "Function"]);

/** Words that cannot be the name of a variable in a module. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum " +
    "eval export extends false finally for function if implements import in instanceof interface " +
    "let mutable new null package private protected public return static super switch this throw " +
    "true try typeof var viewof void while with yield"
  ).split(" "),
);
