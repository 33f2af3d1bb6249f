// Observable's ready-made inputs with their style, in a chunk of their own.

import "@observablehq/inputs/dist/index.css";
import * as Inputs from "@observablehq/inputs";

export { Inputs };
