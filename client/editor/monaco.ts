// Monaco with only what editing a few shell commands or a note needs: two languages, no worker.
// It is large, so nothing imports this file except on the click on Edit.

import "monaco-editor/features/bracketMatching/register";
import "monaco-editor/features/caretOperations/register";
import "monaco-editor/features/clipboard/register";
import "monaco-editor/features/comment/register";
import "monaco-editor/features/cursorUndo/register";
import "monaco-editor/features/linesOperations/register";
import "monaco-editor/features/multicursor/register";
import "monaco-editor/features/wordOperations/register";
import "monaco-editor/languages/definitions/markdown/register";
import "monaco-editor/languages/definitions/shell/register";
import { KeyCode, KeyMod, editor as monaco } from "monaco-editor/editor";
import type { Editor, EditorOptions } from "./editor.ts";

const lineHeight = 22;

/** A monaco editor that grows with its text. */
export function monacoEditor(host: HTMLElement, options: EditorOptions): Editor {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const setTheme = () => monaco.setTheme(defineTheme(host, dark.matches));
  setTheme();
  dark.addEventListener("change", setTheme);
  const editor = monaco.create(host, {
    value: options.text,
    language: options.language,
    ariaLabel: options.label,
    automaticLayout: true,
    fontFamily: getComputedStyle(host).fontFamily,
    fontSize: Number.parseFloat(getComputedStyle(host).fontSize),
    lineHeight,
    lineNumbers: "off",
    folding: false,
    glyphMargin: false,
    lineDecorationsWidth: 0,
    minimap: { enabled: false },
    overviewRulerLanes: 0,
    renderLineHighlight: "none",
    scrollBeyondLastLine: false,
    scrollbar: { alwaysConsumeMouseWheel: false, vertical: "hidden" },
    tabSize: 2,
    wordWrap: "on",
    contextmenu: false,
    occurrencesHighlight: "off",
    selectionHighlight: false,
  });
  const grow = () => {
    host.style.height = `${Math.max(lineHeight, editor.getContentHeight())}px`;
  };
  grow();
  editor.onDidContentSizeChange(grow);
  editor.onDidChangeModelContent(() =>
    options.onChange(editor.getValue({ preserveBOM: false, lineEnding: "\n" })),
  );
  // Actions, not commands: a command of monaco's would hear the keys of every editor of the page.
  editor.addAction({
    ...{ id: "leave", label: "Leave the editor", keybindings: [KeyCode.Escape] },
    run: options.onLeave,
  });
  editor.addAction({
    ...{ id: "run", label: "Run the cell", keybindings: [KeyMod.CtrlCmd | KeyCode.Enter] },
    run: options.onRun,
  });
  editor.focus();
  return {
    setText: (text) => {
      if (text !== editor.getValue()) editor.setValue(text);
    },
    dispose: () => {
      dark.removeEventListener("change", setTheme);
      editor.getModel()?.dispose();
      editor.dispose();
    },
  };
}

/** Token of monaco's languages → custom property of the style sheet, as the server colours text. */
const tokens: Readonly<Record<string, string>> = {
  "": "--ink",
  "attribute.name": "--ink",
  comment: "--soft",
  delimiter: "--ink",
  keyword: "--t4",
  metatag: "--soft",
  number: "--ink",
  string: "--t2",
  type: "--ink",
  variable: "--t5",
};

/** The page's own colours, so that a command looks the same before, while and after editing. */
function defineTheme(host: HTMLElement, dark: boolean): string {
  const name = dark ? "vethbook-dark" : "vethbook-light";
  const style = getComputedStyle(host);
  const color = (property: string) => style.getPropertyValue(property).trim();
  monaco.defineTheme(name, {
    base: dark ? "vs-dark" : "vs",
    inherit: true,
    rules: Object.entries(tokens).map(([token, property]) => ({
      token,
      foreground: color(property).slice(1),
      ...(token === "type" ? { fontStyle: "bold" } : {}),
    })),
    colors: {
      "editor.background": color("--code-background"),
      "editor.foreground": color("--ink"),
      "editorCursor.foreground": color("--accent"),
      "editor.selectionBackground": color("--selection"),
      focusBorder: "#00000000",
    },
  });
  return name;
}
