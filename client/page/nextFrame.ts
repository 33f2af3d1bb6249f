// When to draw. A page in the background has no animation frames, and work must go on there too:
// the server waits for us to say what has been shown.

/** Calls back in the next animation frame, or soon where there are none. */
export function nextFrame(then: () => void): void {
  let done = false;
  const once = () => {
    if (!done) then();
    done = true;
  };
  if (!document.hidden) requestAnimationFrame(once);
  setTimeout(once, document.hidden ? 20 : 200);
}
