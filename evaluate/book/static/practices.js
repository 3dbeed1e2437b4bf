// Narrows the table of practices down to what a reader chooses. It changes nothing but which rows
// are shown; without it the whole table stands and the filters stay hidden.
(() => {
  "use strict";
  function start(block) {
    const filters = block.querySelector(".ev-filters");
    const selects = [...filters.querySelectorAll("select[data-filter]")];
    const rows = [...block.querySelectorAll("tbody tr")];
    const status = filters.querySelector("[role=status]");

    function meets(row, select) {
      const keys = row.dataset[select.dataset.filter].split(" ").filter(Boolean);
      return select.value === "-" ? keys.length === 0 : keys.includes(select.value);
    }
    function show() {
      const chosen = selects.filter((one) => one.value !== "");
      for (const row of rows) row.hidden = !chosen.every((one) => meets(row, one));
      const shown = rows.filter((row) => !row.hidden).length;
      status.textContent = block.dataset.count.replace("%shown%", shown).replace("%all%", rows.length);
    }
    for (const one of selects) one.addEventListener("change", show);
    filters.querySelector(".ev-reset").addEventListener("click", () => {
      for (const one of selects) one.value = "";
      show();
    });
    show();
    filters.hidden = false;
  }
  for (const block of document.querySelectorAll(".ev-practices")) start(block);
})();
