/** What is wrong, with the line to type that helps, or the buttons that do. @module */
import { useState } from "preact/hooks";
import { decideMissing, type Problem } from "./api.ts";

export function ProblemNotice({ problem, reload }: { problem: Problem; reload: () => void }) {
  const { text, fix, confirmation } = problem;
  const [failed, setFailed] = useState<string>();
  const decide = (id: string, word: "confirm" | "dismiss") =>
    decideMissing(id, word).then(reload, (error: Error) => setFailed(error.message));
  if (confirmation === undefined) {
    return (
      <p class="notice warn" data-testid="problem">
        {text}
        {fix && (
          <>
            {": "}
            <code>{fix}</code>
          </>
        )}
      </p>
    );
  }
  return (
    <div class="notice warn ask" data-testid="problem">
      <p>{failed ?? text}</p>
      <button type="button" onClick={() => decide(confirmation, "confirm")}>They are gone</button>
      <button type="button" onClick={() => decide(confirmation, "dismiss")}>Leave them</button>
    </div>
  );
}
