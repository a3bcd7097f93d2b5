// A button that copies what stands above it: without scripts, or where the browser does not let us, nothing is missing.
"use strict";
if (navigator.clipboard) {
  for (const text of document.querySelectorAll("[data-copy]")) {
    const words = text.textContent;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text.dataset.copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(words.trim());
      button.textContent = text.dataset.copied;
    });
    text.after(button);
  }
}
