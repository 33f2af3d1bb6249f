// Which addresses a link or an image of a chapter may have, and what the page makes of them. Pages
// stand at /chapters/SLUG, so `../04-arp/index.md` becomes `04-arp` and a figure `map.svg` becomes
// `SLUG/figures/map.svg`: relative, so that a chapter may move as a whole.

/** What a link may be: an address, or a sentence that says what to write instead. */
export type LinkAddress =
  | { readonly href: string }
  | { readonly refused: string }
  /** A place in this chapter, to be looked up when the whole chapter has been read. */
  | { readonly fragment: string };

const CHAPTER = /^\.\.\/(\d\d-[a-z0-9-]+)(?:\/(?:index\.md)?)?(#[\w-]+)?$/;

/** Judges the address of a link as its author wrote it. */
export function linkAddress(address: string): LinkAddress {
  if (address.startsWith("#")) return { fragment: address.slice(1) };
  const chapter = CHAPTER.exec(address);
  if (chapter) return { href: `${chapter[1]}${chapter[2] ?? ""}` };
  if (/^https?:\/\/[^\s\\]+$/i.test(address) && URL.canParse(address)) {
    const { href, username, password } = new URL(address);
    if (username === "" && password === "") return { href };
  }
  return {
    refused:
      `A link cannot lead to \`${address.slice(0, 80)}\`; write https://…, #a-heading of this ` +
      "chapter, or ../NN-name/index.md for another chapter.",
  };
}

/** A picture beside index.md; folders below it are allowed. */
const FIGURE =
  /^(?:\.\/)?((?:[A-Za-z0-9_-][\w.-]*\/)*[A-Za-z0-9_-][\w.-]*\.(?:svg|png|jpe?g|webp|avif|gif))$/;

/** Whether this may be the name of a figure, as it stands in a chapter or in an address. */
export function isFigureName(name: string): boolean {
  return FIGURE.exec(name)?.[1] === name;
}

/** An address for a picture; `name` is its file below the chapter's folder. */
export type ImageAddress =
  | { readonly href: string; readonly name: string }
  | { readonly refused: string };

/** Judges the address of an image as its author wrote it. */
export function imageAddress(address: string, slug: string): ImageAddress {
  const name = FIGURE.exec(address)?.[1];
  if (name === undefined) {
    return {
      refused:
        `A picture cannot come from \`${address.slice(0, 80)}\`; put the file beside index.md and ` +
        "write its name, such as map.svg.",
    };
  }
  return { href: `${slug}/figures/${name}`, name };
}
