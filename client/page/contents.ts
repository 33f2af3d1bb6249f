// Marks in the list of contents where the reader is.

/** Follows the headings as they pass the top of the page. */
export function followContents(): void {
  const links = new Map<Element, HTMLAnchorElement>();
  for (const link of document.querySelectorAll<HTMLAnchorElement>("body > nav a")) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  const mark = () => {
    const passed = [...links.keys()].filter((one) => one.getBoundingClientRect().top < 160);
    const here = passed.at(-1);
    for (const [heading, link] of links) {
      if (heading === here) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  const observer = new IntersectionObserver(mark, { rootMargin: "-150px 0px 0px 0px" });
  for (const heading of links.keys()) observer.observe(heading);
}
