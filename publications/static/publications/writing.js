/* Writing an article: the toolbar, what is pasted from Word or a web page, pictures. Without this
   file the text area is an ordinary one. */
(() => {
  const box = document.querySelector(".write");
  if (!box) return;
  const area = box.querySelector("textarea");
  const status = box.querySelector(".write-status");
  const chooser = box.querySelector("input[type=file]");
  const words = box.dataset;
  const say = (text) => { status.textContent = text || ""; };

  /* Typed, not set: the browser can undo it, and the preview hears of it. */
  function insert(text, from = area.selectionStart, to = area.selectionEnd) {
    area.focus();
    area.setSelectionRange(from, to);
    if (text === "" && from === to) return;
    if (!document.execCommand("insertText", false, text)) {
      area.setRangeText(text, from, to, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  const chosen = () => area.value.slice(area.selectionStart, area.selectionEnd);

  function around(mark, fallback) {
    const start = area.selectionStart;
    const text = chosen() || fallback;
    insert(mark + text + mark);
    area.setSelectionRange(start + mark.length, start + mark.length + text.length);
  }

  /* The lines that the selection touches, each written anew. */
  function lines(write) {
    const from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    let to = area.value.indexOf("\n", area.selectionEnd);
    if (to < 0) to = area.value.length;
    insert(area.value.slice(from, to).split("\n").map(write).join("\n"), from, to);
  }

  /* A block stands between empty lines. */
  function block(text) {
    const before = area.value.slice(0, area.selectionStart);
    const after = area.value.slice(area.selectionEnd);
    const gap = (part, edge) => (!part.trim() || edge.test(part) ? "" : "\n\n");
    insert(gap(before, /\n\s*\n$/) + text + gap(after, /^\s*\n\s*\n/));
  }

  function note() {
    const numbers = [...area.value.matchAll(/\[\^(\d+)\]/g)].map((found) => Number(found[1]));
    const number = Math.max(0, ...numbers) + 1;
    const at = area.selectionEnd;
    insert(`[^${number}]`, at, at);
    const tail = area.value.replace(/\s+$/, "").length;
    const gap = /\n\[\^\d+\]:[^\n]*$/.test(area.value.slice(0, tail)) ? "\n" : "\n\n";
    insert(`${gap}[^${number}]: ${words.note}`, tail, area.value.length);
    area.setSelectionRange(area.value.length - words.note.length, area.value.length);
  }

  const plain = (line) => line.replace(/^\s*(?:#{1,6}\s+|[-*]\s+|\d+[.)]\s+|>\s?)/, "");
  const tools = {
    bold: () => around("**", words.text),
    heading: () => lines((line) => "## " + plain(line)),
    list: () => lines((line) => "- " + plain(line)),
    numbers: () => lines((line, index) => `${index + 1}. ` + plain(line)),
    quote: () => lines((line) => "> " + plain(line)),
    table: () => block(`| ${words.column} 1 | ${words.column} 2 |\n| --- | --- |\n|  |  |`),
    link: () => {
      const text = chosen() || words.text;
      insert(`[${text}](https://)`);
      area.setSelectionRange(area.selectionEnd - 1, area.selectionEnd - 1);
    },
    note,
    picture: () => chooser.click(),
  };

  const toolbar = box.querySelector(".write-tools");
  toolbar.hidden = false;
  toolbar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) tools[button.dataset.do]();
  });
  area.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "b") {
      event.preventDefault();
      tools.bold();
    }
  });

  async function send(address, fields) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", area.form.elements.csrfmiddlewaretoken.value);
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const answer = await fetch(address, { method: "POST", body });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.error);
    return said;
  }

  async function upload(file) {
    say(words.busy);
    try {
      const said = await send(words.picture, { file });
      block(`![${chosen() || words.caption}](picture:${said.digest})`);
      say("");
    } catch (error) {
      say(error instanceof SyntaxError || error instanceof TypeError ? words.lost : error.message);
    }
  }
  chooser.addEventListener("change", async () => {
    for (const file of chooser.files) await upload(file);
    chooser.value = "";
  });

  /* Word brings kilobytes of styles and whole pictures: neither is asked for. */
  const light = (html) => html
    .replace(/<style[\s\S]*?<\/style>/gi, "")
    .replace(/<xml[\s\S]*?<\/xml>/gi, "")
    .replace(/(src=["'])data:[^"']*/gi, "$1");

  area.addEventListener("paste", async (event) => {
    const data = event.clipboardData;
    const html = data.getData("text/html");
    const text = data.getData("text/plain");
    const file = [...data.files].find((one) => one.type.startsWith("image/"));
    if (!html && file) {
      event.preventDefault();
      return upload(file);
    }
    if (!html) return;
    event.preventDefault();
    const [from, to] = [area.selectionStart, area.selectionEnd];
    area.readOnly = true;
    let written = text;
    try {
      written = (await send(words.markdown, { html: light(html) })).markdown.replace(/\s+$/, "");
      say("");
    } catch {
      say(words.plain);
    }
    area.readOnly = false;
    area.setSelectionRange(from, to);
    if (/\n|^(?:#|[-*>|] |\d+\. )/.test(written)) block(written);
    else insert(written || text);
  });

  area.addEventListener("dragover", (event) => {
    if ([...event.dataTransfer.items].some((one) => one.kind === "file")) event.preventDefault();
  });
  area.addEventListener("drop", async (event) => {
    const files = [...event.dataTransfer.files].filter((one) => one.type.startsWith("image/"));
    if (!files.length) return;
    event.preventDefault();
    for (const file of files) await upload(file);
  });
})();
