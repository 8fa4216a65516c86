// Labelling by keyboard, blind to the arm: a capital letter names the group, a digit the code, Enter saves.
import { el, ask, replace, add, longText, say } from "./dom.js";
import { blocks } from "./document.js";

export async function labelPage(main, args) {
    const runs = await ask("runs");
    const state = { run: args.run, annotator: localStorage.getItem("hrm-annotator") || runs.annotator, n: Number(args.n || 60), seed: Number(args.seed || 1) };
    const text = el("div", { class: "transcript", tabindex: 0, "aria-label": "Transcript" }), panel = el("aside", { class: "panel-label", "aria-label": "Label" }), kappa = el("section", {});
    let now = null, chosen = "", also = [];
    const done = []; // what this page labelled or skipped, to go back

    const note = el("input", { type: "text", "aria-label": "note", placeholder: "note", maxlength: 1500 });
    const request = at => ({ run: state.run, annotator: state.annotator, n: state.n, seed: state.seed, at });

    async function load(at) {
        take(await ask("label", request(at)));
    }
    function take(value) {
        now = value;
        const kept = now.at < now.n ? now.items[now.at] : null;
        chosen = kept || "";
        also = [];
        note.value = now.note || "";
        show();
        text.scrollTop = 0;
        agreement();
    }
    async function agreement() {
        const doc = await ask("agreement", { run: state.run });
        replace(kappa, el("h2", {}, "Agreement so far"), blocks(doc));
    }
    async function put(label) {
        const at = now.at, more = also.filter(code => code !== label);
        const words = [more.length ? `also ${more.join(" ")}` : "", note.value.replace(/^also [A-Z0-9 ]+(; )?/, "")].filter(Boolean).join("; ");
        done.push(at);
        take(await ask("label", { run: state.run }, { ...request(at), label, note: words }));
        say(`${label}; ${now.labelled} of ${now.n} labelled`);
        text.focus();
    }
    async function back() {
        const at = done.pop();
        if (at === undefined)
            return say("nothing to take back here");
        take(await ask("label", { run: state.run }, { ...request(at), label: null }));
        await load(at);
        say("taken back");
    }
    function skip() {
        done.push(now.at);
        const next = [...now.items.keys()].map(i => (now.at + 1 + i) % now.n).find(i => !now.items[i]);
        load(next === undefined ? now.at : next);
    }
    function press(code) {
        chosen = code;
        show();
    }
    function button(code, name) {
        return el("button", { type: "button", class: "code", "aria-pressed": String(chosen === code), onclick: () => press(code) }, el("kbd", {}, code), ` ${name}`,
            also.includes(code) ? el("em", {}, " (also)") : null);
    }
    function show() {
        if (now.at >= now.n) {
            replace(text, el("p", {}, now.n ? `All ${now.n} are labelled. Below is how far annotators agree.` : "No episode has failed, so there is nothing to label."));
            replace(panel, el("p", {}, `${now.labelled} of ${now.n}`));
            return;
        }
        if (text.dataset.at !== String(now.at) || text.dataset.text !== String(now.text.length))
            replace(text, longText(now.text));
        text.dataset.at = now.at;
        text.dataset.text = now.text.length;
        const group = now.groups.find(g => g.letter === chosen[0]);
        replace(panel, el("p", {}, `Episode ${now.at + 1} of ${now.n}; ${now.labelled} labelled`), el("progress", { max: now.n, value: now.labelled, "aria-label": "labelled" }),
            el("div", { class: "codes" }, now.groups.map(g => button(g.letter, g.name))),
            group ? el("div", { class: "codes sub" }, group.codes.map(c => button(c.code, c.name))) : null, note,
            el("p", {}, el("button", { type: "button", class: "go", disabled: chosen ? null : true, onclick: () => put(chosen) }, `Save ${chosen || "…"}`), " ",
                el("button", { type: "button", onclick: skip }, "Skip"), " ", el("button", { type: "button", onclick: back }, "Take back")),
            el("p", { class: "soft keys" }, "Keys: ", ["S T P V R F B I group", "1–8 code", "+ also holds", "Enter save", "n note", "s skip", "u take back", "space scroll"].map(k => [el("span", {}, k), " · "])));
    }
    function onKey(event) {
        if (event.ctrlKey || event.metaKey || event.altKey || !now || now.at >= now.n)
            return;
        const typing = event.target.matches?.("input, select, textarea"), key = event.key;
        if (typing && key === "Escape")
            text.focus();
        if (typing && !(key === "Enter" && event.target === note))
            return;
        const group = now.groups.find(g => g.letter === key), digit = now.groups.find(g => g.letter === chosen[0])?.codes.find(c => c.code === chosen[0] + key);
        if (group)
            press(key);
        else if (digit)
            press(digit.code);
        else if (key === "Enter" && chosen && !event.target.matches?.("button, a"))
            put(chosen);
        else if (key === "+" && chosen)
            also.includes(chosen) ? null : also.push(chosen), show();
        else if (key === "n")
            note.focus();
        else if (key === "s")
            skip();
        else if (key === "u")
            back();
        else
            return;
        event.preventDefault();
    }
    const who = el("input", { type: "text", value: state.annotator, "aria-label": "annotator", onchange: event => {
        state.annotator = event.target.value.trim();
        localStorage.setItem("hrm-annotator", state.annotator);
        load().catch(e => replace(panel, el("p", { class: "error" }, e.message)));
    } });
    replace(main, el("h1", {}, "How did it fail?"), el("p", { class: "soft" }, "Which arm it was is not shown. Annotator: ", who), el("div", { class: "labelling" }, text, panel), kappa);
    await load();
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
}
