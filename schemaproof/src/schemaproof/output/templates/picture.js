{
  const canvas = document.currentScript.closest(".canvas");
  const svg = canvas.querySelector("svg"), form = canvas.querySelector("form");
  const boxes = [...svg.querySelectorAll(".box")], lines = [...svg.querySelectorAll(".line")];
  const whole = svg.viewBox.baseVal, all = [whole.x, whole.y, whole.width, whole.height];
  let view = [...all], found = [], at = -1;
  // The names of schemas can be read from afar.
  const show = () => {
    svg.setAttribute("viewBox", view.map((n) => n.toFixed(1)).join(" "));
    const size = Math.max(22, 15 / svg.getScreenCTM().a);
    for (const name of svg.querySelectorAll(".schema text")) name.style.fontSize = `${size}px`;
  };
  addEventListener("resize", show);
  show();
  const place = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  function zoom(factor, x = view[0] + view[2] / 2, y = view[1] + view[3] / 2) {
    const width = Math.min(Math.max(view[2] * factor, 150), all[2] * 2), by = width / view[2];
    view = [x - (x - view[0]) * by, y - (y - view[1]) * by, width, view[3] * by];
    show();
  }
  function centre(box) {
    const area = box.getBBox(), wide = svg.clientWidth / 1.2, high = svg.clientHeight / 1.2;
    view = [area.x + area.width / 2 - wide / 2, area.y + Math.min(area.height, high * .8) / 2 - high / 2, wide, high];
    show();
  }
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    const { x, y } = place(event);
    zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, x, y);
  }, { passive: false });
  const pointers = new Map();
  let moved = false;
  svg.addEventListener("pointerdown", (event) => { pointers.set(event.pointerId, event); moved = false; });
  addEventListener("pointerup", (event) => pointers.delete(event.pointerId));
  addEventListener("pointercancel", (event) => pointers.delete(event.pointerId));
  svg.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const scale = svg.getScreenCTM().a;
    if (pointers.size === 2) {
      const [other] = [...pointers.values()].filter((one) => one.pointerId !== event.pointerId);
      const gap = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
      zoom(gap(before) / gap(event));
    } else {
      view[0] -= (event.clientX - before.clientX) / scale;
      view[1] -= (event.clientY - before.clientY) / scale;
      show();
    }
    moved = moved || Math.hypot(event.movementX, event.movementY) > 2;
    pointers.set(event.pointerId, event);
  });
  svg.addEventListener("click", (event) => { if (moved) event.preventDefault(); }, true);
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  function near(box) {
    for (const line of lines) line.classList.toggle("near", !!box && line.dataset.ends.split(" ").includes(box.id));
    const ends = new Set(lines.filter((line) => line.classList.contains("near")).flatMap((line) => line.dataset.ends.split(" ")));
    for (const one of boxes) one.classList.toggle("near", ends.has(one.id));
  }
  for (const box of boxes) {
    box.addEventListener("pointerenter", () => near(box));
    box.addEventListener("pointerleave", () => near(null));
  }
  // Not on the boxes: what listens to the focus takes it.
  canvas.addEventListener("focusin", (event) => {
    const box = event.target.closest(".box");
    near(box);
    if (box && event.target.matches(":focus-visible")) centre(box);
  });
  canvas.addEventListener("focusout", () => near(null));
  svg.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (by) { view[0] += by[0] * view[2] / 10; view[1] += by[1] * view[3] / 10; show(); event.preventDefault(); }
    else if (event.key === "+") zoom(1 / 1.25);
    else if (event.key === "-") zoom(1.25);
    else if (event.key === "0") { view = [...all]; show(); }
  });
  form.elements.in.addEventListener("click", () => zoom(1 / 1.4));
  form.elements.out.addEventListener("click", () => zoom(1.4));
  form.elements.fit.addEventListener("click", () => { view = [...all]; show(); });
  const meant = document.getElementById(location.hash.slice(1));
  if (boxes.includes(meant)) { centre(meant); near(meant); }
  function find() {
    const words = form.elements.words.value.trim().toLowerCase();
    found = words ? boxes.filter((box) => box.dataset.words.includes(words)) : [];
    at = -1;
    for (const box of boxes) box.classList.toggle("dimmed", words !== "" && !found.includes(box));
    form.querySelector("output").textContent = words ? `${found.length} of ${boxes.length}` : "";
  }
  form.elements.words.addEventListener("input", find);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (found.length) centre(found[at = (at + 1) % found.length]);
  });
}
