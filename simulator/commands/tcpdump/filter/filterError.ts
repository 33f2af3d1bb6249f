// Why a filter cannot be compiled. It is thrown inside this folder and caught in compileFilter.ts.

/** A sentence of libpcap. */
export class FilterError extends Error {}

/** Something that libpcap can and we cannot. */
export class NotSimulated extends Error {}

/** A name has to be looked up before the filter can be compiled. */
export class NameWanted extends Error {}

/** The usual one. */
export function syntaxError(): FilterError {
  return new FilterError("can't parse filter expression: syntax error");
}
