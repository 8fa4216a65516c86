// A document of the report: verdicts, tables, figures.
import { el, svg, ask, replace, add, minus, copyButtons, copyButton, fold } from "./dom.js";

// The server's SVG becomes elements of ours, one by one: what is not in these lists is left out.
const ELEMENTS = new Set("svg g path line rect circle polyline polygon text tspan title desc".split(" "));
const ATTRIBUTES = new Set(("class id viewBox role aria-labelledby x y x1 x2 y1 y2 cx cy r rx ry width height d points "
    + "text-anchor transform textLength lengthAdjust dx dy").split(" "));

function adopt(node) {
    if (node.nodeType === Node.TEXT_NODE)
        return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE || !ELEMENTS.has(node.localName))
        return null;
    const attrs = [...node.attributes].filter(a => ATTRIBUTES.has(a.name)).map(a => [a.name, a.value]);
    return svg(node.localName, Object.fromEntries(attrs), [...node.childNodes].map(adopt));
}

function picture(text) {
    const parsed = new DOMParser().parseFromString(text.replace(/^<svg/, '<svg xmlns="http://www.w3.org/2000/svg"'), "image/svg+xml");
    return adopt(parsed.documentElement) || el("p", {}, "(the picture cannot be shown)");
}

export function table(t) {
    const head = el("tr", {}, t.columns.map(c => el("th", { scope: "col", class: c.numeric ? "num" : null }, c.name)));
    const rows = t.rows.map(row => el("tr", {}, row.map((text, i) => el(i === 0 ? "th" : "td",
        { scope: i === 0 ? "row" : null, class: t.columns[i].numeric ? "num" : null }, t.columns[i].numeric ? minus(text) : text))));
    const csv = () => [t.columns.map(c => c.name), ...t.rows].map(r => r.map(x => `"${String(x).replaceAll('"', '""')}"`).join(",")).join("\n");
    return el("div", { class: "scroll" }, el("table", {}, el("caption", {}, t.title || "", " ", copyButton("copy CSV", csv)),
        el("thead", {}, head), el("tbody", {}, rows)), t.note ? el("p", { class: "note" }, t.note) : null);
}

function figure(f) {
    return el("figure", {}, el("div", { class: "panels" }, f.panels.map(p => el("div", { class: "panel" },
        p.title ? el("p", { class: "what" }, p.title) : null, picture(p.svg)))),
        el("figcaption", {}, el("strong", {}, f.title, ". "), f.caption, f.table ? fold("Its numbers", () => table(f.table)) : null));
}

export function verdict(v) {
    return el("div", { class: `verdict ${v.tone}` }, el("p", { class: "statement" }, minus(v.statement)), el("p", {}, minus(v.finding)));
}

function block(b) {
    if (b.table)
        return table(b.table);
    if (b.figure)
        return figure(b.figure);
    if (b.verdict)
        return verdict(b.verdict);
    if (b.section)
        return el("h2", { id: b.section.id }, b.section.title);
    if (b.listing)
        return fold(b.listing.title, () => el("pre", {}, b.listing.text));
    return el("p", {}, minus(b.text));
}

export const blocks = doc => doc.blocks.map(block);

export async function documentPage(main, path, args, title) {
    const doc = await ask(path, args);
    replace(main, el("h1", {}, title || doc.title), copyButtons(path, args, doc));
    add(main, blocks(doc));
}

export async function comparePage(main, args) {
    const keys = (args.runs || "").split(",").filter(Boolean);
    replace(main, el("h1", {}, "Runs compared"));
    for (const other of keys.slice(1)) {
        try {
            const doc = await ask("compare", { a: keys[0], b: other });
            add(main, keys.length > 2 ? el("h2", {}, `${keys[0]} and ${other}`) : null, blocks(doc));
        } catch (e) {
            add(main, el("p", { class: "error" }, `${keys[0]} and ${other}: ${e.message}`));
        }
    }
}
