// Tells a screen reader, politely, how a run ended. Runs that were replayed are not told again.

/** Returns a function that has a sentence read aloud. */
export function announcer(): (sentence: string) => void {
  const region = document.createElement("div");
  region.className = "visually-hidden";
  region.setAttribute("role", "log");
  region.setAttribute("aria-label", "Results of runs");
  document.body.append(region);
  return (sentence) => {
    const line = document.createElement("p");
    line.textContent = sentence;
    region.append(line);
    while (region.childNodes.length > 20) region.firstChild?.remove();
  };
}
