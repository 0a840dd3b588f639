// What updates by itself leaves the reader what they had: the focus, and what they unfolded.
(() => {
  const nameOf = (one) => one.id || one.closest("[id]").id + " " + (one.getAttribute("href") || one.textContent.trim());
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  let before = { open: [], focused: "" };
  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    const focused = document.activeElement;
    before = {
      open: all(target, "details[open] > summary").map(nameOf),
      focused: target.contains(focused) ? nameOf(focused) : "",
    };
  });
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    for (const summary of all(target, "summary")) {
      if (before.open.includes(nameOf(summary))) summary.parentElement.open = true;
    }
    if (before.focused && document.activeElement === document.body) {
      all(target, "a, button, summary, input, select, textarea").find((one) => nameOf(one) === before.focused)?.focus();
    }
  });
})();
