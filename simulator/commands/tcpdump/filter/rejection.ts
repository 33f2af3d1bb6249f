// Would a filter refuse every packet? libpcap's optimizer finds out where the same number is compared
// with two different ones, and then calls it an error; so must we.
// Policy: all ways through the tests are followed with what is known on each of them; a filter with
// too many ways counts as one that takes some packets.

import type { Test } from "./tests.ts";

/** What is known of values on one way: the number a value has, or numbers it does not have. */
type Facts =
  | {
      readonly key: string;
      readonly equal: boolean;
      readonly other: string;
      readonly before: Facts;
    }
  | undefined;

const MOST_STEPS = 20_000;

/** True when no packet can pass. */
export function rejectsAll(test: Test): boolean {
  let steps = 0;
  // `then` goes on with the way; true from it means that a packet can pass.
  const follow = (
    at: Test,
    facts: Facts,
    wanted: boolean,
    then: (facts: Facts) => boolean,
  ): boolean => {
    steps += 1;
    if (steps > MOST_STEPS) return true;
    switch (at.type) {
      case "always":
        return at.value === wanted && then(facts);
      case "not":
        return follow(at.of, facts, !wanted, then);
      case "compare": {
        const known = answerOf(at, facts);
        if (known !== undefined) return known === wanted && then(facts);
        const key = at.comparison === "eq" ? at.left.key : `${at.left.key} ${at.comparison}`;
        return then({ key, equal: wanted, other: at.right.key, before: facts });
      }
      default: {
        const { left, right } = at;
        const rest = (known: Facts) => follow(right, known, wanted, then);
        // One false of an "and", one true of an "or" decides.
        const decided = at.type === "or";
        if (wanted !== decided) return follow(left, facts, wanted, rest);
        return follow(left, facts, decided, then) || follow(left, facts, !decided, rest);
      }
    }
  };
  return !follow(test, undefined, true, () => true);
}

function answerOf(test: Test & { type: "compare" }, facts: Facts): boolean | undefined {
  const { left, comparison, right } = test;
  const key = comparison === "eq" ? left.key : `${left.key} ${comparison}`;
  for (let fact = facts; fact !== undefined; fact = fact.before) {
    if (fact.key !== key) continue;
    if (fact.other === right.key) return fact.equal;
    if (fact.equal && comparison === "eq" && isNumber(fact.other) && isNumber(right.key))
      return false;
  }
  return undefined;
}

function isNumber(key: string): boolean {
  return key.startsWith("#");
}
