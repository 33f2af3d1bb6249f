// Is this Node.js new enough? Answered before anything is installed, in a sentence.
// Written so plainly that an old Node.js can read it too.
// Not here: which version the tests use; that is whichever runs them.

const OLDEST = [20, 19];

/** A sentence saying what to do when `version` is too old; undefined when it will do. */
export function nodeComplaint(version) {
  const parts = version.split(".").map(Number);
  const newEnough = parts[0] > OLDEST[0] || (parts[0] === OLDEST[0] && parts[1] >= OLDEST[1]);
  if (newEnough) return undefined;
  return `Vethbook needs Node.js ${OLDEST.join(".")} or newer, and this is ${version}. Install a newer one, then try again.`;
}
