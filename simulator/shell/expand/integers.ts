// Integers of 64 bits, two's complement: JavaScript numbers while they are exact, else bigints.
// Source: bash(1) ARITHMETIC EVALUATION.

/** A number of 64 bits. */
export type Integer = number | bigint;

function wrap(value: bigint): Integer {
  const cut = BigInt.asIntN(64, value);
  const number = Number(cut);
  return Number.isSafeInteger(number) ? number : cut;
}

/** The sum. */
export function add(a: Integer, b: Integer): Integer {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return wrap(BigInt(a) + BigInt(b));
}

/** The product. */
export function multiply(a: Integer, b: Integer): Integer {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return wrap(BigInt(a) * BigInt(b));
}

/** A power; the exponent is not negative. */
export function raise(base: Integer, exponent: Integer): Integer {
  let result = 1n;
  let square = BigInt(base);
  for (let rest = BigInt(exponent); rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = BigInt.asIntN(64, result * square);
    square = BigInt.asIntN(64, square * square);
  }
  return wrap(result);
}

function divide(operator: string, a: Integer, b: Integer): Integer {
  if (typeof a === "number" && typeof b === "number") {
    return (operator === "/" ? Math.trunc(a / b) : a % b) + 0;
  }
  return wrap(operator === "/" ? BigInt(a) / BigInt(b) : BigInt(a) % BigInt(b));
}

function bits(operator: string, a: Integer, b: Integer): Integer {
  const [x, y] = [BigInt(a), BigInt(b)];
  if (operator === "&") return wrap(x & y);
  if (operator === "|") return wrap(x | y);
  if (operator === "^") return wrap(x ^ y);
  const by = y & 63n;
  return wrap(operator === "<<" ? x << by : x >> by);
}

/** What a binary operator makes of two numbers; a divisor is not 0. */
export function combine(operator: string, a: Integer, b: Integer): Integer {
  switch (operator) {
    case "+":
      return add(a, b);
    case "-":
      return add(a, typeof b === "number" ? -b : wrap(-b));
    case "*":
      return multiply(a, b);
    case "/":
    case "%":
      return divide(operator, a, b);
    case "<":
      return a < b ? 1 : 0;
    case ">":
      return a > b ? 1 : 0;
    case "<=":
      return a <= b ? 1 : 0;
    case ">=":
      return a >= b ? 1 : 0;
    case "==":
      return a === b ? 1 : 0;
    case "!=":
      return a === b ? 0 : 1;
    default:
      return bits(operator, a, b);
  }
}
