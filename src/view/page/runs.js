// The list of runs: what is going on is shown as it goes on; a row keeps its place and its tick.
import { el, ask, replace, add, link, address, listen, count, decimal, minus, copyButtons, fold } from "./dom.js";

const percent = (x, digits = 1) => minus(decimal(100 * x, digits));

export function rateBar(arm, index) {
    const p = arm["pass@1"];
    if (!p || p.value === null || p.value === undefined)
        return null;
    const bar = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const parts = [["rect", { class: "back", x: 0, y: 0, width: 100, height: 10 }],
        ["rect", { class: `br s${index % 6}`, x: 0, y: 0, width: 100 * p.value, height: 10 }]];
    if (p.low !== null && p.low !== undefined)
        parts.push(["line", { class: "wb", x1: 100 * p.low, x2: 100 * p.high, y1: 5, y2: 5 }]);
    bar.setAttribute("viewBox", "0 0 100 10");
    bar.setAttribute("preserveAspectRatio", "none");
    bar.setAttribute("class", "bar");
    bar.setAttribute("aria-hidden", "true");
    for (const [tag, attrs] of parts) {
        const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
        Object.entries(attrs).forEach(([k, v]) => node.setAttribute(k, v));
        bar.append(node);
    }
    return el("li", { class: "rate" }, el("span", { class: "name" }, arm.name), bar,
        el("span", { class: "value" }, `${percent(p.value)} %`),
        p.low === null || p.low === undefined ? null : el("span", { class: "ci" }, `[${percent(p.low)}, ${percent(p.high)}] n = ${p.n}`));
}

export function progressLine(entry) {
    const done = entry.done || 0, total = entry.total || 0, errors = entry.errors || 0;
    return el("span", { class: "progress" }, total ? el("progress", { max: total, value: done, "aria-label": "episodes done" }) : null,
        ` ${count(done)} of ${count(total)} episodes${errors ? `, ${count(errors)} in error` : ""}`);
}

export const statusBadge = status => el("span", { class: `badge ${status.replace(/\W/g, "-")}` }, status);

const tone = words => words.replace(/\W/g, "-");

// The sentence of the report, with its first word in bold.
function answer(h) {
    return [el("strong", { class: `word ${tone(h.outcome)}` }, h.word), minus(h.sentence.slice(h.word.length))];
}

function criterion(v) {
    return el("div", { class: `verdict ${tone(v.verdict)}` },
        el("p", { class: "statement" }, el("strong", {}, v.verdict), `: ${minus(v.statement)}`), el("p", {}, minus(v.sentence)));
}

// The answer, and below it what it rests on. Records of earlier versions have the criteria only.
export function verdicts(entry) {
    const h = entry.headline, criteria = entry.verdicts || [];
    if (!h)
        return criteria.map(criterion);
    return [el("div", { class: `verdict ${tone(h.outcome)}` }, el("p", { class: "statement" }, answer(h)), h.question ? el("p", { class: "soft" }, h.question) : null),
        criteria.length ? fold(criteria.length > 1 ? `The ${criteria.length} criteria one by one` : "The criterion", () => criteria.map(criterion)) : null];
}

function short(entry) {
    if (entry.headline)
        return el("p", { class: "short" }, answer(entry.headline));
    return (entry.verdicts || []).map(v => el("p", { class: "short" }, el("strong", { class: `word ${tone(v.verdict)}` }, v.verdict), ` ${minus(v.statement)}`));
}

function row(entry, ticked, onTick) {
    const running = entry.status === "running" || entry.status === "interrupted";
    const title = entry.experiment || entry.key;
    const arms = entry.progress && running ? entry.progress.map(a => el("li", { class: "rate" }, el("span", { class: "name" }, a.arm),
        el("span", {}, `solved ${count(a.solved)} of ${count(a.done)} so far`))) : (entry.arms || []).map(rateBar);
    return el("article", { class: "entry", "data-key": entry.key },
        el("div", { class: "tick" }, el("input", { type: "checkbox", checked: ticked || null, "aria-label": `compare ${title}, ${entry.model || ""}`, onchange: onTick })),
        el("div", { class: "about" }, el("h2", {}, link("run", { run: entry.key }, title)), el("p", { class: "soft" },
            `${entry.model || "?"} · ${entry.suite || "?"} · ${(entry.created || "").replace("T", " ").replace("Z", "")}`), statusBadge(entry.status || "?")),
        el("div", { class: "found" }, entry.error ? el("p", { class: "error" }, entry.error) : null,
            running ? progressLine(entry) : short(entry), el("ul", { class: "rates" }, arms)));
}

export async function runsPage(main) {
    const ticks = new Set(), list = el("div", { class: "runs" }), shown = new Map();
    const compare = el("a", { class: "button", "aria-disabled": "true" }, "Compare the ticked runs");
    function onTick(key, on) {
        on ? ticks.add(key) : ticks.delete(key);
        compare.setAttribute("aria-disabled", ticks.size < 2);
        if (ticks.size < 2)
            compare.removeAttribute("href");
        else
            compare.href = address("compare", { runs: [...ticks].join(",") });
    }
    function show(runs) {
        const keys = new Set(runs.map(r => r.key));
        for (const [key, old] of shown)
            if (!keys.has(key))
                old.node.remove(), shown.delete(key);
        runs.forEach((entry, i) => {
            const text = JSON.stringify(entry), old = shown.get(entry.key);
            if (!old || old.text !== text) {
                const node = row(entry, ticks.has(entry.key), event => onTick(entry.key, event.target.checked));
                old ? old.node.replaceWith(node) : null;
                shown.set(entry.key, { text, node });
            }
            const node = shown.get(entry.key).node;
            if (list.children[i] !== node)
                list.insertBefore(node, list.children[i] || null);
        });
        if (!runs.length)
            replace(list, el("p", {}, "No runs here yet. Make one: ", el("code", {}, "hrm run exp1_decomp_vs_flat"), ". It will appear here."));
    }
    const first = await ask("runs");
    replace(main, el("h1", {}, "Runs"), el("p", { class: "soft" }, `under ${first.dir}, newest first `, copyButtons("runs", {}, first)),
        first.runs.length > 1 ? el("p", {}, compare) : null);
    add(main, list);
    show(first.runs);
    return listen("", { runs: show }, () => ask("runs").then(r => show(r.runs)));
}
