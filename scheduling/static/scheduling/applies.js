// Of a form, only the fields that apply are shown: a field with data-applies="name: a b" applies while the
// field of that name has one of these values, and with data-applies="name: !a" while it has another value.
// Without this script all fields are shown, and the server ignores what does not apply.
(() => {
  const conditional = [...document.querySelectorAll("[data-applies]")].map((field) => {
    const [name, wanted] = field.dataset.applies.split(": ");
    return { box: field.closest(".fieldBox, .form-row"), source: field.closest("form").elements[name], wanted: wanted.split(" ") };
  });
  const applies = ({ source, wanted }) =>
    wanted.some((one) => (one.startsWith("!") ? source.value !== one.slice(1) : source.value === one));
  const hideEmpty = (boxes, parts) => {
    for (const box of document.querySelectorAll(boxes)) {
      box.classList.toggle("hidden", [...box.querySelectorAll(parts)].every((part) => part.matches(".hidden")));
    }
  };
  const show = () => {
    for (const one of conditional.filter(({ box, source }) => box && source)) {
      // What was refused stays in sight with its error.
      one.box.classList.toggle("hidden", !applies(one) && !one.box.querySelector(".errorlist"));
    }
    hideEmpty(".form-row:has(.fieldBox)", ".fieldBox");
    hideEmpty("fieldset.module:has([data-applies])", ".form-row");
  };
  document.addEventListener("change", show);
  show();
})();
