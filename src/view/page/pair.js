// Two arms on one task: both on one time axis, and where they part.
import { el, svg, ask, replace, add, link, address, seconds, count, copyButtons, here } from "./dom.js";
import { items, itemId, jumpTo, flags, outcome, statement } from "./episode.js";

const WIDTH = Math.max(360, Math.min(900, window.innerWidth - 40)), LEFT = 8, LANE = 46, TOP = 18;
const COLOURS = { planner: 0, supervisor: 0, coder: 2, solver: 2, tester: 3, verifier: 4, flat: 1 };
const roleClass = role => `s${COLOURS[role] ?? 5}`;

function axisOf(page, unit) {
    const items = page.timeline.filter(i => i.kind !== "grading");
    return Math.max(0, ...items.map(i => unit === "tokens" ? i.to_tokens : i.to_s));
}

function lane(page, prefix, index, unit, scale) {
    const y = TOP + index * LANE, from = i => unit === "tokens" ? i.from_tokens : i.from_s, to = i => unit === "tokens" ? i.to_tokens : i.to_s;
    const g = svg("g", {}, svg("text", { class: "tx", x: LEFT, y: y + 8 }, page.episode.arm), svg("line", { class: "grid", x1: LEFT, x2: WIDTH - LEFT, y1: y + 26, y2: y + 26 }));
    page.timeline.forEach((item, i) => {
        if (item.kind === "grading")
            return;
        const x = scale(from(item)), width = Math.max(2, scale(to(item)) - x), jump = { onclick: () => jumpTo(itemId(prefix, i)) };
        if (item.kind === "call") {
            const c = page.episode.calls[item.index];
            g.append(svg("rect", { class: `br item ${roleClass(c.role)}`, x, y: y + 16, width, height: 20, rx: 2, ...jump }, svg("title", {}, `${c.role}: ${seconds(c.total_s)}, ${count(c.generated_tokens)} tokens`)));
        } else if (item.kind === "run") {
            const r = page.episode.tool_runs[item.index], ok = r.verdict === "pass" || r.verdict === "ok";
            g.append(svg("rect", { class: `item tool ${ok ? "pass" : "fail"}`, x, y: y + 20, width: Math.max(4, width), height: 12, ...jump }, svg("title", {}, `program: ${r.verdict}, ${seconds(r.seconds)}`)));
        } else {
            const e = page.episode.events[item.index];
            if (e.kind === "candidate" || e.kind === "answer" || e.kind === "submit") {
                const ok = e.kind === "candidate" ? e.public_total > 0 && e.public_passed === e.public_total : page.episode.passed;
                g.append(svg("circle", { class: `item mark ${ok ? "pass" : "fail"}`, cx: scale(to(item)), cy: y + 26, r: 5, ...jump }, svg("title", {}, item.text)));
            }
        }
    });
    return g;
}

function chart(pair, unit) {
    const most = Math.max(axisOf(pair.a, unit), axisOf(pair.b, unit)) || 1, scale = v => LEFT + v / most * (WIDTH - 2 * LEFT);
    const height = TOP + 2 * LANE + 20, part = pair.part ? pair.part[unit === "tokens" ? "tokens" : "seconds"] : null;
    const ticks = [0, 0.25, 0.5, 0.75, 1].map(f => svg("text", { class: "tk", x: scale(f * most), y: height - 4, "text-anchor": f === 0 ? "start" : f === 1 ? "end" : "middle" },
        unit === "tokens" ? count(Math.round(f * most)) : seconds(f * most)));
    return svg("svg", { class: "axis-chart", viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": `Both arms by ${unit}${pair.part ? ": " + pair.part.text : ""}` },
        lane(pair.a, "a-", 0, unit, scale), lane(pair.b, "b-", 1, unit, scale), ticks,
        part === null ? [] : [svg("line", { class: "parting", x1: scale(part), x2: scale(part), y1: 4, y2: height - 18 }), svg("text", { class: "tk", x: Math.min(scale(part) + 4, WIDTH - 80), y: 12 }, "the arms part")]);
}

const legend = pair => el("ul", { class: "legend" }, [...new Set([...pair.a.episode.calls, ...pair.b.episode.calls].map(c => c.role))].map(role =>
    el("li", { class: roleClass(role) }, el("span", { class: "swatch", "aria-hidden": "true" }), role)), el("li", {}, "narrow bars: programs run · dots: candidates, green when all shown tests pass"));

function column(pair, side, args) {
    const page = pair[side], marks = {}, part = pair.part;
    if (part)
        marks[side === part.solved ? part.item : part.other] = side === part.solved ? "Here it has what solves the task" : "This is what fails it";
    return el("section", { class: "side", "aria-label": `Arm ${page.episode.arm}` }, el("h2", {}, page.episode.arm, " ",
        el("span", { class: `badge ${page.episode.passed ? "solved" : "failed"}` }, outcome(page.episode))),
        el("p", { class: "soft" }, link("episode", { run: args.run, id: page.id }, "the whole episode")), flags(page, `${side}-`, true), items(page, `${side}-`, marks));
}

function chooser(args, arms, runs) {
    const pick = (name, values) => el("select", { "aria-label": name, onchange: e => { location.hash = address("pair", { ...args, [name]: e.target.value }); } },
        values.map(v => el("option", { value: v, selected: String(v) === String(args[name]) || null }, name === "sample" ? `sample ${v}` : v)));
    return el("p", { class: "chooser" }, pick("a", arms), " against ", pick("b", arms), " on ", pick("sample", runs));
}

export async function pairPage(main, args) {
    const [pair, manifest] = await Promise.all([ask("pair", args), ask("manifest", { run: args.run })]);
    const arms = (manifest.experiment?.arms || []).map(a => a.name), samples = [...Array(manifest.experiment?.samples || 1).keys()];
    const part = pair.part, box = el("div", { class: "chart" });
    const sides = part ? { good: part.solved, bad: part.solved === "a" ? "b" : "a" } : null;
    let unit = "seconds";
    const show = () => replace(box, chart(pair, unit));
    const toggle = el("button", { type: "button", class: "small", "aria-pressed": "false", onclick: () => {
        unit = unit === "seconds" ? "tokens" : "seconds";
        toggle.setAttribute("aria-pressed", unit === "tokens");
        show();
    } }, "axis in tokens");
    replace(main, el("h1", {}, args.task), chooser(args, arms.length ? arms : [args.a, args.b], samples));
    add(main, el("p", { class: "parting-text" }, part ? part.text : pair.a.episode.passed ? "The arms do not part: both solve it." : "The arms do not part: neither solves it."),
        part ? el("p", {}, el("button", { type: "button", class: "go", onclick: () => jumpTo(itemId(`${sides.bad}-`, part.other)) }, `Show what fails ${pair[sides.bad].episode.arm}`), " ",
            el("button", { type: "button", onclick: () => jumpTo(itemId(`${sides.good}-`, part.item)) }, `Show where ${pair[sides.good].episode.arm} solves it`)) : null,
        el("p", {}, toggle, " ", copyButtons("pair", args, pair)), box, legend(pair), statement(pair.a),
        el("div", { class: "sides" }, column(pair, "a", args), column(pair, "b", args)));
    show();
}
