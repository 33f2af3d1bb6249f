// What every page of Vethbook loads: the style sheet, and on a chapter's page what makes it run.

import "./style/index.css";
import { chapterData } from "./page/chapterData.ts";
import { startChapter } from "./startChapter.ts";

const chapter = chapterData();
if (chapter) startChapter(chapter);
