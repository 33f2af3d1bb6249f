// Lines between points that the browser has laid out: a cable leaves its port at a right angle to the
// wall and comes to the other one so.

/** Pixels from the corner of the drawing. */
export type Point = { readonly x: number; readonly y: number };

/** Where a line leaves a room: towards lower or higher layers, and which way layers go. */
export type Leaving = { readonly wall: "before" | "after"; readonly way: "right" | "down" };

/** The path of an SVG line from one port to another. */
export function cablePath(from: Point, leaving: Leaving, to: Point, arriving: Leaving): string {
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  const reach = Math.min(120, Math.max(18, distance * 0.45));
  const one = bent(from, leaving, reach);
  const other = bent(to, arriving, reach);
  return `M${point(from)} C${point(one)} ${point(other)} ${point(to)}`;
}

/** The path of a cable whose other end nobody can see: it stops at once. */
export function looseEnd(from: Point, leaving: Leaving): string {
  return `M${point(from)} L${point(bent(from, leaving, 22))}`;
}

/** Half of the way, for a label. */
export function middle(from: Point, to: Point): Point {
  return { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
}

function bent({ x, y }: Point, { wall, way }: Leaving, reach: number): Point {
  const by = wall === "after" ? reach : -reach;
  return way === "right" ? { x: x + by, y } : { x, y: y + by };
}

function point({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}
