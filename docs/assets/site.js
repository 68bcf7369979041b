// A table of many rows gets a field that leaves those that contain what is typed.
for (const table of document.querySelectorAll("article table")) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length < 40) continue;
  const field = document.createElement("input");
  field.type = "search";
  field.className = "table-filter";
  field.placeholder = "Filter the rows";
  field.setAttribute("aria-label", "Filter the rows of the table");
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
  });
  table.before(field);
}

// What scrolls sideways is reached by keyboard, and each copy button has a name of its own.
const label = () => {
  document.querySelectorAll("nav.md-code__nav").forEach((one, number) => {
    if (!one.ariaLabel) one.ariaLabel = `Code block ${number + 1}`;
  });
  for (const one of document.querySelectorAll("pre > code, .md-typeset__scrollwrap")) {
    if (one.tabIndex !== 0) one.tabIndex = 0;
  }
};
new MutationObserver(label).observe(document.body, {
  childList: true, subtree: true, attributes: true, attributeFilter: ["tabindex"],
});
label();
