// Instructions that a program of `awk` is compiled to: a machine with a stack of values.
// This file holds the shape only.
// Not here: compiling (awkCompile.ts), running (awkMachine.ts).

import type { Regex } from "./regex.ts";

/** A variable: of the program, or of the function that runs. */
export type AwkSlot = { readonly local: boolean; readonly index: number };

/** One instruction; jumps name the instruction that comes next. */
export type AwkInstruction =
  | { readonly op: "constant"; readonly value: number | string | undefined }
  | { readonly op: "regex"; readonly regex: Regex }
  | { readonly op: "pop" | "copy" | "tuck" | "number" | "not" | "negate" | "truth" | "count" }
  /** Puts the record, "" joined, … on the stack. */
  | { readonly op: "loadVariable" | "storeVariable"; readonly slot: AwkSlot }
  | { readonly op: "loadField" | "storeField" }
  | { readonly op: "loadElement" | "storeElement" | "hasElement"; readonly array: AwkSlot }
  /** Joins so many keys with SUBSEP. */
  | { readonly op: "keys"; readonly count: number }
  | { readonly op: "arithmetic"; readonly operator: string }
  | { readonly op: "join" }
  | { readonly op: "compare"; readonly operator: string }
  | { readonly op: "match"; readonly negated: boolean }
  /** The record against an expression. */
  | { readonly op: "matchRecord"; readonly regex: Regex }
  | { op: "jump"; to: number }
  /** Takes a value; jumps when it is true (or false). */
  | { op: "jumpIf"; to: number; readonly when: boolean }
  | {
      readonly op: "call";
      readonly name: string;
      readonly count: number;
      /** Arguments that are arrays: their positions and where they are. */
      readonly arrays: readonly { readonly at: number; readonly slot: AwkSlot }[];
    }
  | { readonly op: "return" }
  | { readonly op: "builtin"; readonly name: string; readonly count: number }
  | { readonly op: "split"; readonly array: AwkSlot; readonly count: number }
  | { readonly op: "arrayLength"; readonly array: AwkSlot }
  /** sub and gsub: takes text, replacement and expression; jumps when nothing was replaced. */
  | { op: "substitute"; to: number; readonly global: boolean; readonly address: number }
  /** Jumps when there is no line for a target; without a target answers by itself. */
  | {
      op: "getline";
      to: number;
      readonly from: "main" | "file" | "command";
      readonly address: number;
      readonly target: boolean;
    }
  | {
      readonly op: "print";
      readonly formatted: boolean;
      readonly count: number;
      readonly how: ">" | ">>" | "|" | undefined;
    }
  | { readonly op: "delete"; readonly array: AwkSlot; readonly all: boolean }
  | { readonly op: "eachStart"; readonly array: AwkSlot }
  /** The next key, or on when there is none. */
  | { op: "eachNext"; to: number }
  | { readonly op: "eachEnd" }
  /** Range patterns: jumps on the state of this range. */
  | { op: "inRange"; to: number; readonly range: number }
  | { readonly op: "setRange"; readonly range: number; readonly on: boolean }
  | { readonly op: "next" | "nextfile" | "end" }
  | { readonly op: "exit"; readonly hasCode: boolean };

/** A compiled function. */
export type AwkRoutine = {
  readonly start: number;
  readonly parameters: number;
  /** Which parameters are arrays. */
  readonly arrays: readonly boolean[];
};

/** A compiled program. */
export type AwkCode = {
  readonly code: readonly AwkInstruction[];
  readonly routines: ReadonlyMap<string, AwkRoutine>;
  /** Where the parts begin; undefined when there is no such part. */
  readonly begin: number | undefined;
  readonly each: number | undefined;
  readonly end: number | undefined;
  /** Names of variables in the order of their slots, and whether each is an array. */
  readonly globals: readonly { readonly name: string; readonly isArray: boolean }[];
  readonly ranges: number;
};
