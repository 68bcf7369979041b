{
  const canvas = document.currentScript.closest(".canvas");
  const svg = canvas.querySelector("svg"), form = canvas.querySelector("form"), index = canvas.querySelector(".index");
  const boxes = [...svg.querySelectorAll(".box")], lines = [...svg.querySelectorAll(".line")];
  const entries = new Map([...index.querySelectorAll("a")].map((one) => [one.hash.slice(1), one.parentElement]));
  const whole = svg.viewBox.baseVal, all = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  const READ = 1.15, SMALLEST = 9; // the scale for reading; the smallest type that is shown, in pixels
  const sizes = [...svg.querySelectorAll(".box > .big")].map((one) => parseFloat(one.style.fontSize)).sort((a, b) => a - b);
  const usual = sizes[sizes.length >> 1] || 0;
  let x = 0, y = 0, scale = 1, found = [], at = -1; // the centre of the view, and pixels for each unit
  // From afar only the names of tables are shown, from farther only those of schemas.
  function show() {
    const wide = svg.clientWidth / scale, high = svg.clientHeight / scale;
    svg.setAttribute("viewBox", [x - wide / 2, y - high / 2, wide, high].map((n) => n.toFixed(1)).join(" "));
    const rows = 11 * scale >= SMALLEST, names = !rows && usual * scale >= SMALLEST;
    svg.classList.toggle("names", names);
    svg.classList.toggle("schemas", !rows && !names);
  }
  function look(toX, toY, by) { x = toX; y = toY; scale = by; show(); }
  const fitting = () => Math.min(svg.clientWidth / all.width, svg.clientHeight / all.height);
  const fit = () => look(all.x + all.width / 2, all.y + all.height / 2, Math.min(fitting(), 1.5));
  function centre(box) {
    const area = box.getBBox(), by = Math.max(Math.min(READ, svg.clientWidth / (area.width + 16)), SMALLEST / 11);
    const high = svg.clientHeight / by;
    look(area.x + area.width / 2, area.y + Math.min(area.height, high * .9) / 2, by);
  }
  // The view begins where it can be read: at what differs, else at the table with most references.
  function begin() {
    if (fitting() * 11 >= SMALLEST || !boxes.length) { fit(); return; }
    const count = (box) => lines.filter((line) => line.dataset.ends.split(" ").includes(box.id)).length;
    const marked = boxes.find((box) => box.matches(".missing, .unexpected, .changed"));
    centre(marked || boxes.map((box) => [count(box), box]).reduce((most, one) => one[0] > most[0] ? one : most)[1]);
  }
  const wide = () => matchMedia("(min-width: 50rem)").matches;
  index.open = wide();
  begin();
  addEventListener("resize", show);
  const place = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  function zoom(factor, aboutX = x, aboutY = y) {
    const by = Math.min(Math.max(scale * factor, fitting() / 2), Math.max(8, fitting())), ratio = scale / by;
    look(aboutX + (x - aboutX) * ratio, aboutY + (y - aboutY) * ratio, by);
  }
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    const { x, y } = place(event);
    zoom(event.deltaY > 0 ? 1 / 1.15 : 1.15, x, y);
  }, { passive: false });
  const pointers = new Map();
  let moved = false;
  svg.addEventListener("pointerdown", (event) => { pointers.set(event.pointerId, event); moved = false; });
  addEventListener("pointerup", (event) => pointers.delete(event.pointerId));
  addEventListener("pointercancel", (event) => pointers.delete(event.pointerId));
  svg.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    if (pointers.size === 2) {
      const [other] = [...pointers.values()].filter((one) => one.pointerId !== event.pointerId);
      const gap = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
      zoom(gap(event) / gap(before));
    } else look(x - (event.clientX - before.clientX) / scale, y - (event.clientY - before.clientY) / scale, scale);
    moved = moved || Math.hypot(event.movementX, event.movementY) > 2;
    pointers.set(event.pointerId, event);
  });
  svg.addEventListener("click", (event) => { if (moved) event.preventDefault(); }, true);
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  function near(box) {
    for (const line of lines) line.classList.toggle("near", !!box && line.dataset.ends.split(" ").includes(box.id));
    const ends = new Set(lines.filter((line) => line.classList.contains("near")).flatMap((line) => line.dataset.ends.split(" ")));
    for (const one of boxes) one.classList.toggle("near", one === box || ends.has(one.id));
  }
  for (const box of boxes) {
    box.addEventListener("pointerenter", () => near(box));
    box.addEventListener("pointerleave", () => near(null));
  }
  // Not on the boxes: what listens to the focus takes it.
  canvas.addEventListener("focusin", (event) => {
    const box = event.target.closest(".box");
    if (box) near(box);
    if (box && event.target.matches(":focus-visible")) centre(box);
  });
  svg.addEventListener("focusout", () => near(null));
  svg.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (by) { look(x + by[0] * svg.clientWidth / scale / 10, y + by[1] * svg.clientHeight / scale / 10, scale); event.preventDefault(); }
    else if (event.key === "+") zoom(1.25);
    else if (event.key === "-") zoom(1 / 1.25);
    else if (event.key === "0") fit();
  });
  form.elements.in.addEventListener("click", () => zoom(1.4));
  form.elements.out.addEventListener("click", () => zoom(1 / 1.4));
  form.elements.fit.addEventListener("click", fit);
  function jump(box) { if (boxes.includes(box)) { centre(box); near(box); } }
  index.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    if (!wide()) index.open = false;
    jump(document.getElementById(link.hash.slice(1)));
  });
  addEventListener("hashchange", () => jump(document.getElementById(location.hash.slice(1))));
  jump(document.getElementById(location.hash.slice(1)));
  function find() {
    const words = form.elements.words.value.trim().toLowerCase();
    found = words ? boxes.filter((box) => box.dataset.words.includes(words)) : [];
    at = -1;
    for (const box of boxes) {
      const other = words !== "" && !found.includes(box);
      box.classList.toggle("dimmed", other);
      entries.get(box.id).hidden = other;
    }
    form.querySelector("output").textContent = words ? `${found.length} of ${boxes.length}` : "";
  }
  form.elements.words.addEventListener("input", find);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (found.length) jump(found[at = (at + 1) % found.length]);
  });
}
