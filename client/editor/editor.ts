// Opens an editor in the page: monaco, or a plain text area where monaco cannot be loaded. Both
// behave the same: Ctrl-Enter or Cmd-Enter runs, Escape leaves.

export type EditorOptions = {
  readonly text: string;
  readonly language: "shell" | "markdown";
  /** Read to a screen reader. */
  readonly label: string;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
  readonly onLeave: () => void;
};

export type Editor = {
  setText(text: string): void;
  dispose(): void;
};

/** Fills `host` with an editor and puts the keyboard into it. */
export async function openEditor(host: HTMLElement, options: EditorOptions): Promise<Editor> {
  try {
    const { monacoEditor } = await import("./monaco.ts");
    return monacoEditor(host, options);
  } catch {
    return plainEditor(host, options);
  }
}

function plainEditor(host: HTMLElement, options: EditorOptions): Editor {
  const area = document.createElement("textarea");
  area.value = options.text;
  area.rows = options.text.split("\n").length + 1;
  area.spellcheck = false;
  area.setAttribute("aria-label", options.label);
  area.addEventListener("input", () => options.onChange(area.value));
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") options.onLeave();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) options.onRun();
    else return;
    event.preventDefault();
  });
  host.replaceChildren(area);
  area.focus();
  return {
    setText: (text) => {
      area.value = text;
    },
    dispose: () => area.remove(),
  };
}
