// Arrays of `awk` with the order in which mawk 1.3.4 lists them: a hash table (FNV-1a) whose lists
// take what is new, or was found, to their front. Whole numbers have lists of their own until a key
// that is text, or a loop, brings all of them into the lists of texts.
// The order was found out by listing arrays with mawk.
// Not simulated: the order within lists of more than 768 numbers.

/** An element. */
type Node<T> = { key: string | undefined; number: number | undefined; value: T };

/** One array. */
export type AwkArray<T> = {
  lists: Node<T>[][];
  numbers: Node<T>[][];
  /** Elements in `lists` are all; else they are in `numbers` only. */
  texts: boolean;
  size: number;
};

const LISTS = 64;

/** Elements for each list before the table doubles. */
const FULL = 12;

/** Most elements of an array. */
export const MOST_ELEMENTS = 500_000;

function emptyLists<T>(count: number): Node<T>[][] {
  return Array.from({ length: count }, () => []);
}

/** An empty array. */
export function createArray<T>(): AwkArray<T> {
  return { lists: emptyLists(LISTS), numbers: emptyLists(LISTS), texts: false, size: 0 };
}

/** Removes all elements. */
export function clearArray<T>(array: AwkArray<T>): void {
  Object.assign(array, createArray<T>());
}

function hash(key: string): number {
  let sum = 2166136261;
  for (let at = 0; at < key.length; at++) {
    sum = Math.imul(sum ^ key.charCodeAt(at), 16777619) >>> 0;
  }
  return sum;
}

function listOf<T>(array: AwkArray<T>, key: string): Node<T>[] {
  return array.lists[hash(key) & (array.lists.length - 1)] ?? [];
}

function numbersOf<T>(array: AwkArray<T>, number: number): Node<T>[] {
  return array.numbers[number & (array.numbers.length - 1)] ?? [];
}

function toFront<T>(list: Node<T>[], index: number): void {
  if (index > 0) list.unshift(...list.splice(index, 1));
}

function grow<T>(array: AwkArray<T>): void {
  array.size += 1;
  if (array.size <= array.lists.length * FULL) return;
  const { lists, numbers } = array;
  array.lists = emptyLists(lists.length * 2);
  array.numbers = emptyLists(lists.length * 2);
  for (const list of lists) for (const node of list) listOf(array, node.key ?? "").push(node);
  for (const list of numbers)
    for (const node of list) numbersOf(array, node.number ?? 0).push(node);
}

/** Gives every element its text. */
function addTexts<T>(array: AwkArray<T>): void {
  if (array.texts) return;
  array.texts = true;
  for (const list of array.numbers) {
    for (const node of list) {
      node.key = `${node.number}`;
      listOf(array, node.key).unshift(node);
    }
  }
}

function findText<T>(array: AwkArray<T>, key: string): Node<T> | undefined {
  addTexts(array);
  const list = listOf(array, key);
  const index = list.findIndex((node) => node.key === key);
  if (index >= 0) toFront(list, index);
  return list[index < 0 ? list.length : 0];
}

function findNumber<T>(array: AwkArray<T>, number: number): Node<T> | undefined {
  const list = numbersOf(array, number);
  const index = list.findIndex((node) => node.number === number);
  if (index >= 0) {
    toFront(list, index);
    return list[0];
  }
  if (!array.texts) return undefined;
  const node = findText(array, `${number}`);
  if (node !== undefined) {
    node.number = number;
    list.unshift(node);
  }
  return node;
}

/** The element of a key, a text or a whole number; undefined when there is none. */
export function findElement<T>(array: AwkArray<T>, key: string | number): Node<T> | undefined {
  return typeof key === "number" ? findNumber(array, key) : findText(array, key);
}

/** The element of a key; it is made if need be. */
export function touchElement<T>(array: AwkArray<T>, key: string | number, value: T): Node<T> {
  const found = findElement(array, key);
  if (found !== undefined) return found;
  const isNumber = typeof key === "number";
  const text = isNumber ? (array.texts ? `${key}` : undefined) : key;
  const node: Node<T> = { key: text, number: isNumber ? key : undefined, value };
  if (text !== undefined) listOf(array, text).unshift(node);
  if (isNumber) numbersOf(array, key).unshift(node);
  grow(array);
  return node;
}

/** Removes an element. */
export function deleteElement<T>(array: AwkArray<T>, key: string | number): void {
  const node = findElement(array, key);
  if (node === undefined) return;
  for (const list of [listOf(array, node.key ?? ""), numbersOf(array, node.number ?? 0)]) {
    const index = list.indexOf(node);
    if (index >= 0) list.splice(index, 1);
  }
  array.size -= 1;
}

/** All keys in the order of a loop. */
export function arrayKeys<T>(array: AwkArray<T>): string[] {
  addTexts(array);
  return array.lists.flatMap((list) => list.map((node) => node.key ?? ""));
}
