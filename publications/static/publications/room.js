/* The editor's room: buttons without a reload, and dragging. Both send the words of the page's own
   buttons, so the page works without this file too. */
(() => {
  const form = document.getElementById("room-form");
  if (!form) return;
  const lost = document.getElementById("room-lost");
  let dragged = null;

  /* One after the other: each is meant for the room as the one before left it. */
  let last = Promise.resolve();
  function send(fields) {
    last = last.then(() => post(fields)).catch(() => { lost.hidden = false; });
  }

  async function post(fields) {
    const body = new FormData(form);
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const answer = await fetch(location.href, { method: "POST", body, headers: { "X-Room": "1" } });
    if (!answer.ok || answer.redirected) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = document.adoptNode(page.getElementById("room"));
    document.getElementById("room").replaceWith(fresh);
    lost.hidden = true;
    focus(fresh, fields.do);
    fresh.querySelector(".desk-note.is-error")?.scrollIntoView({ block: "nearest" });
  }

  /* Who works by keyboard goes on where they were: at the same button, or another of its row. */
  function focus(room, word) {
    const id = word.split(":")[1];
    const own = room.querySelector(`button[value="${word}"]`);
    const near = room.querySelector(`[data-article="${id}"] .room-tool, [data-section="${id}"] .room-tool`);
    (own || near)?.focus({ preventScroll: true });
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter && event.submitter.value) send({ do: event.submitter.value });
  });
  form.addEventListener("change", (event) => {
    const select = event.target.closest(".room-to");
    if (select && select.value) send({ do: "move:" + select.name.slice(3) });
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    event.target.parentElement.querySelector("button").click();
  });

  form.addEventListener("dragstart", (event) => {
    dragged = event.target.closest(".room-article, .room-section");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    dragged.classList.add("is-dragged");
  });
  form.addEventListener("dragend", () => {
    if (dragged) dragged.classList.remove("is-dragged");
    mark(null);
    dragged = null;
  });

  const isSection = () => dragged && dragged.dataset.section;

  /* What lies under the pointer, and before which of its children the thing would come. */
  function target(event) {
    const list = isSection()
      ? event.target.closest(".room-main")
      : event.target.closest("[data-to]") || event.target.closest(".room-section")?.querySelector("[data-to]");
    if (!dragged || !list) return null;
    const kind = isSection() ? "[data-section]" : ".room-article";
    const others = [...list.querySelectorAll(kind)].filter((one) => one !== dragged);
    const index = others.findIndex((one) => {
      const box = one.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    return { list, others, index: index < 0 ? others.length : index };
  }

  function mark(found) {
    for (const one of form.querySelectorAll(".is-before, .is-behind")) one.classList.remove("is-before", "is-behind");
    for (const one of form.querySelectorAll(".is-over")) one.classList.remove("is-over");
    if (!found) return;
    if (found.list.dataset.to) found.list.classList.add("is-over");
    if (found.index < found.others.length) found.others[found.index].classList.add("is-before");
    else if (found.others.length) found.others.at(-1).classList.add("is-behind");
  }

  form.addEventListener("dragover", (event) => {
    const found = target(event);
    if (found) event.preventDefault();
    mark(found);
  });
  form.addEventListener("drop", (event) => {
    const found = target(event);
    if (!found) return;
    event.preventDefault();
    const position = found.index + 1;
    if (isSection()) send({ do: "move_section:" + dragged.dataset.section, position });
    else if (dragged.dataset.news) send({ do: "place:" + dragged.dataset.news, to: found.list.dataset.to, position });
    else send({ do: "move:" + dragged.dataset.article, to: found.list.dataset.to, position });
  });
})();
