/** The page starts here. @module */
import { render } from "preact";
import { App } from "./app.tsx";
import { type Stats, stats } from "./stats.ts";

declare global {
  var giggityflix: { stats(): Stats };
}

globalThis.giggityflix = { stats: () => ({ ...stats }) };

const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(<App />, root);
}
