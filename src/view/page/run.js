// A run: what it found, and every task and arm. Filters and order are in the address.
import { el, ask, replace, add, link, address, here, listen, count, plural, copyButtons, fold, say, seconds } from "./dom.js";
import { rateBar, progressLine, statusBadge, verdicts } from "./runs.js";

const SIGNS = { solved: "✓", failed: "✗", error: "!", pending: "·", disputed: "?" };
const OUTCOMES = ["solved", "failed", "disputed", "error", "pending"];

function cellLink(args, task, arms, arm, cell) {
    const other = arms.find(a => a !== arm);
    const words = `${task.name}, ${arm}, sample ${cell.sample}: ${cell.state}${cell.label ? ", " + cell.label : ""}`;
    const to = other && cell.state !== "pending" ? address("pair", { run: args.run, task: task.name, sample: cell.sample,
        a: arms[0] === arm || arms.length < 2 ? arm : arms[0], b: arms[0] === arm ? other : arm })
        : address("episode", { run: args.run, id: cell.id });
    return el("a", { class: `cell ${cell.state}${cell.hit ? " hit" : ""}`, href: to, title: words, "aria-label": words },
        cell.state === "failed" && cell.label ? cell.label : SIGNS[cell.state]);
}

function header(args, name, key, kind = null) {
    const down = args.sort === `-${key}`, up = args.sort === key;
    return el("th", { scope: "col", class: kind, "aria-sort": down ? "descending" : up ? "ascending" : null },
        link("run", { ...args, page: "", sort: up ? `-${key}` : key }, name, el("span", { "aria-hidden": "true" }, down ? " ↓" : up ? " ↑" : "")));
}

function matrixTable(args, m) {
    const steps = m.tasks.some(t => t.steps > 0), groups = m.tasks.some(t => t.group);
    const head = el("tr", {}, header(args, "task", "task"), groups ? el("th", { scope: "col", class: "part" }, "group") : null,
        steps ? header(args, "steps", "steps", "part") : null, m.arms.map(a => header(args, a, `arm:${a}`)),
        m.arms.length > 1 ? header(args, "gap", "gap") : null);
    const rows = m.tasks.map(t => {
        const share = i => t.cells[i].filter(c => c.state === "solved").length / (t.cells[i].filter(c => c.state === "solved" || c.state === "failed").length || 1);
        const gap = m.arms.length > 1 ? share(0) - share(1) : 0;
        return el("tr", { class: gap ? "parts" : null }, el("th", { scope: "row" }, t.name), groups ? el("td", { class: "part" }, t.group || "") : null,
            steps ? el("td", { class: "num part" }, t.steps || "") : null,
            t.cells.map((cells, i) => el("td", { class: "cells" }, cells.map(c => cellLink(args, t, m.arms, m.arms[i], c)))),
            m.arms.length > 1 ? el("td", { class: "num" }, gap ? `${gap > 0 ? "+" : "−"}${Math.abs(100 * gap).toFixed(0)}` : "") : null);
    });
    return el("div", { class: "scroll" }, el("table", { class: "matrix" }, el("caption", { class: "sr" }, "Tasks by arms; a mark for every sample"),
        el("thead", {}, head), el("tbody", { onkeydown: moveInMatrix }, rows)));
}

// Arrow keys go from mark to mark.
function moveInMatrix(event) {
    const cell = event.target.closest?.(".cell");
    if (!cell || !event.key.startsWith("Arrow"))
        return;
    event.preventDefault();
    const row = cell.closest("tr"), cells = r => [...r.querySelectorAll(".cell")], at = cells(row).indexOf(cell);
    const to = event.key === "ArrowLeft" ? cells(row)[at - 1] : event.key === "ArrowRight" ? cells(row)[at + 1]
        : cells((event.key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling) || row)[at];
    to?.focus();
}

// ---- filters ----

function choice(args, name, label, values) {
    const select = el("select", { name, onchange: event => go(args, { [name]: event.target.value }) },
        el("option", { value: "" }, "any"), values.map(v => el("option", { value: v.value, selected: v.value === (args[name] || "") || null },
            `${v.value}${v.name ? " " + v.name : ""}${v.n ? ` (${count(v.n)})` : ""}`)));
    return el("label", {}, label, " ", select);
}

const go = (args, change) => { location.hash = address("run", { ...args, page: "", ...change }); };

function filters(args, arms, f) {
    const letters = [...new Map((f.labels || []).map(l => [l.value[0], { value: l.value[0], name: "(all)" }])).values()];
    const search = el("input", { type: "search", name: "q", value: args.q || "", placeholder: "text in prompts and replies", "aria-label": "text in prompts and replies" });
    return el("form", { class: "filters", role: "search", onsubmit: event => { event.preventDefault(); go(args, { q: search.value }); } },
        search, el("button", { type: "submit" }, "Search"),
        choice(args, "arm", "arm", arms.map(value => ({ value }))), choice(args, "outcome", "outcome", OUTCOMES.map(value => ({ value }))),
        choice(args, "label", "label", [...letters, ...f.labels]), choice(args, "flag", "flag", f.flags),
        f.groups.length ? choice(args, "group", "group", f.groups) : null,
        f.steps.length ? choice(args, "steps", "steps", f.steps) : null,
        arms.length > 1 ? el("label", { class: "check" }, el("input", { type: "checkbox", name: "parts", checked: args.parts === "1" || null,
            onchange: event => go(args, { parts: event.target.checked ? "1" : "" }) }), ` arms part in a sample (${plural(f.parts, "task")})`) : null,
        ["q", "arm", "outcome", "label", "flag", "group", "steps", "parts", "sort"].some(k => args[k])
            ? link("run", { run: args.run }, "clear all") : null);
}

function pager(args, m) {
    const page = m.page, to = (n, text) => n >= 0 && n < m.pages ? link("run", { ...args, page: n || "" }, text) : el("span", { class: "soft" }, text);
    return m.pages < 2 ? null : el("nav", { class: "pager", "aria-label": "Pages of the matrix" }, to(page - 1, "← before"), ` page ${count(page + 1)} of ${count(m.pages)} `, to(page + 1, "after →"));
}

// The index grows with every request until all is in it.
async function search(args, box) {
    for (;;) {
        const found = await ask("search", { run: args.run, q: args.q });
        if (!found.to_index)
            return found;
        replace(box, el("p", {}, "Indexing the texts of this run, once: ", el("progress", { max: found.indexed + found.to_index, value: found.indexed }),
            ` ${count(found.indexed)} of ${count(found.indexed + found.to_index)} episodes`));
        say("indexing");
        if (here().page !== "run" && box.isConnected)
            return found;
    }
}

function hits(args, found) {
    return fold(`${plural(found.total, "episode")} with this text`, () => el("ul", { class: "hits" }, found.hits.map(h => el("li", {},
        link("episode", { run: args.run, id: h.id }, `${h.task} · ${h.arm} · sample ${h.sample}`), ` ${h.passed ? "solved" : "not solved"}`,
        h.text ? el("p", { class: "soft" }, `${h.where}: `, h.text) : null))), found.total > 0);
}

async function showMatrix(args, box) {
    const found = args.q ? await search(args, box) : null, m = await ask("matrix", args);
    replace(box, found ? hits(args, found) : null, el("p", { class: "soft" }, `${plural(m.total, "task")}; a mark is one sample: `,
        OUTCOMES.map(o => [el("span", { class: "key" }, el("span", { class: `cell ${o}`, "aria-hidden": "true" }, SIGNS[o]), ` ${o}`), " "]), copyButtons("matrix", args, m)),
        m.tasks.length ? matrixTable(args, m) : el("p", {}, "No task is like that."), pager(args, m));
    return m;
}

// ---- live ----

function liveBox(box, p) {
    const flights = p.flights || [];
    replace(box, el("p", {}, statusBadge(p.status), " ", progressLine(p)), el("ul", { class: "rates" }, p.arms.map(a => el("li", { class: "rate" },
        el("span", { class: "name" }, a.arm), el("span", {}, `${count(a.done)} of ${count(a.total)}, ${count(a.solved)} solved`)))),
        flights.length ? el("div", { class: "flights" }, el("h3", {}, `${plural(flights.length, "call")} under way`), el("ul", {}, flights.map(f => el("li", {},
            el("strong", {}, f.role), ` ${f.arm} · ${f.task} · sample ${f.sample}: ${seconds(f.seconds)}, ${plural(f.tokens, "token")} so far`,
            f.tail ? el("pre", {}, f.tail) : null)))) : null);
}

const facts = entry => [["model", `${entry.model || "?"} (${entry.backend || "?"})`], ["suite", entry.suite], ["question", entry.question],
    ["samples", entry.samples], ["started", entry.created], ["updated", entry.updated]].filter(f => f[1])
    .map(f => el("div", {}, el("dt", {}, f[0]), el("dd", {}, String(f[1]))));

export async function runPage(main, args) {
    const [list, m] = await Promise.all([ask("runs"), args.q ? null : ask("matrix", args)]);
    const entry = list.runs.find(r => r.key === args.run);
    if (!entry)
        throw new Error(`there is no run '${args.run}'`);
    const going = entry.status === "running" || entry.status === "interrupted";
    const live = el("section", { class: "live", "aria-label": "Progress" }), bar = el("div", {}), box = el("section", { "aria-label": "Matrix" });
    replace(main, el("h1", {}, entry.experiment || entry.key, " ", statusBadge(entry.status)), el("dl", { class: "facts" }, facts(entry)));
    add(main, going ? live : [verdicts(entry), el("ul", { class: "rates big" }, (entry.arms || []).map(rateBar))],
        el("nav", { class: "tabs", "aria-label": "More about this run" }, link("report", { run: args.run }, "Report: all figures and tables"),
            link("label", { run: args.run }, "Label failures"), link("agreement", { run: args.run }, "Agreement of labels"),
            fold("Manifest", () => { const pre = el("pre", {}, "…"); ask("manifest", { run: args.run }).then(v => { pre.textContent = JSON.stringify(v, null, 2); }); return pre; })),
        el("h2", {}, "Tasks and arms"), bar, box);
    ask("facets", { run: args.run }).then(f => replace(bar, filters(args, (m || shown).arms, f))).catch(e => replace(bar, el("p", { class: "error" }, e.message)));
    const shown = m || { arms: (entry.arms || []).map(a => a.name) };
    if (m)
        await showRead(args, box, m);
    else
        showMatrix(args, box).catch(e => replace(box, el("p", { class: "error" }, e.message)));
    if (!going)
        return null;
    let last = "";
    const onProgress = p => {
        liveBox(live, p);
        const now = p.arms.map(a => a.done).join();
        if (last && now !== last && here().page === "run")
            refresh(args, box);
        last = now;
    };
    ask("progress", { run: args.run }).then(onProgress);
    return listen(args.run, { progress: onProgress }, () => refresh(args, box));
}

async function showRead(args, box, m) {
    replace(box, el("p", { class: "soft" }, `${plural(m.total, "task")}; a mark is one sample: `,
        OUTCOMES.map(o => [el("span", { class: "key" }, el("span", { class: `cell ${o}`, "aria-hidden": "true" }, SIGNS[o]), ` ${o}`), " "]), copyButtons("matrix", args, m)),
        m.tasks.length ? matrixTable(args, m) : el("p", {}, "No task is like that."), pager(args, m));
}

// New outcomes come into the marks that are there; place, focus and filters stay.
async function refresh(args, box) {
    const m = await ask("matrix", args);
    const fresh = matrixTable(args, m), old = box.querySelector("table.matrix");
    if (!old) {
        showRead(args, box, m);
        return;
    }
    const rows = [...fresh.querySelectorAll("tbody tr")], there = [...old.querySelectorAll("tbody tr")];
    rows.forEach((row, i) => {
        if (!there[i])
            old.tBodies[0].append(row);
        else if (there[i].textContent !== row.textContent && !there[i].contains(document.activeElement))
            there[i].replaceWith(row);
    });
}
