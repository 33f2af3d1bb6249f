// What is wrong in a chapter, as the parts of the parser tell it. The file's name joins at the end.

/** One plain sentence or two about one line: what is wrong and what to write instead. */
export type Problem = { readonly line: number; readonly message: string };

/** Takes note of a problem; the parser goes on. */
export type Report = (line: number, message: string) => void;
