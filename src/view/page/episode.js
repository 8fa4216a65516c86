// An episode: what was asked, answered and run, in order; what it cost; what went wrong, by which rule, and where.
import { el, ask, replace, add, link, seconds, count, plural, copyButtons, fold, longText } from "./dom.js";
import { code, reply, diff } from "./code.js";

// ---- calls ----

const messages = call => call.request?.messages || [];
const promptText = call => messages(call).map(m => `${m.role}:\n${m.content}`).join("\n\n");

// The prompt against the last one of this role: what is new is marked, the rest folded. Of a first one the system message is
// folded, which is the same in all episodes.
function prompt(calls, at) {
    const call = calls[at], before = calls.slice(0, at).reverse().find(c => c.role === call.role);
    if (before && promptText(call).length < 200000)
        return el("div", {}, el("p", { class: "soft" }, `against prompt ${before.index + 1} of the ${call.role}:`), diff(promptText(before), promptText(call)));
    return messages(call).map(m => m.role === "system" ? fold(`system (${plural(m.content.split("\n").length, "line")})`, () => longText(m.content))
        : el("div", {}, el("p", { class: "who" }, m.role), longText(m.content)));
}

function callCard(page, index, open) {
    const calls = page.episode.calls, c = calls[index];
    const odd = [c.label, c.finish !== "stop" ? `ended by ${c.finish}` : "", c.attempts > 1 ? plural(c.attempts, "attempt") : ""].filter(Boolean).join(", ");
    return [el("p", { class: "meta" }, el("span", { class: `role ${c.role}` }, c.role), ` call ${c.index + 1}: ${seconds(c.total_s)}, ${count(c.prompt_tokens)} tokens in, ${count(c.generated_tokens)} out`,
        c.queue_s > 0.5 ? `, queued ${seconds(c.queue_s)}` : "", odd ? el("strong", { class: "odd" }, ` ${odd}`) : null),
        fold("Prompt", () => prompt(calls, index), open), c.reasoning ? fold(`Reasoning (${count(c.reasoning.length)} characters)`, () => longText(c.reasoning)) : null,
        el("div", { class: "reply" }, /^(def|import|from|class) \w/.test(c.reply_text) ? code(c.reply_text) : reply(c.reply_text))];
}

// ---- runs of programs ----

const good = verdict => verdict === "pass" || verdict === "ok";

// Tests that turned since the last program: red and green.
function testList(run, before) {
    const was = new Map((before?.detail?.tests || []).map(t => [t.test, good(t.verdict)]));
    return el("ul", { class: "tests" }, (run.detail?.tests || []).map(t => {
        const turned = was.has(t.test) && was.get(t.test) !== good(t.verdict);
        return el("li", { class: good(t.verdict) ? "pass" : "fail" }, el("span", { class: "sign", "aria-hidden": "true" }, good(t.verdict) ? "✓" : "✗"),
            el("span", { class: "sr" }, t.verdict), el("code", {}, t.test || "(a case)"), turned ? el("strong", { class: "turned" }, good(t.verdict) ? " turned green" : " turned red") : null,
            good(t.verdict) ? null : el("div", { class: "message" }, [t.verdict, t.error_type, t.message].filter(Boolean).join(": ")));
    }));
}

function runCard(page, index) {
    const runs = page.episode.tool_runs, r = runs[index], d = r.detail || {};
    const alike = x => x.kind === r.kind && x.detail?.purpose === d.purpose && x.detail?.subgoal === d.subgoal;
    const before = runs.slice(0, index).reverse().find(alike), same = before && before.program === r.program;
    const names = { public: "Program on the shown tests", run: "Program", hidden: "Graded on the hidden tests", self: "The reference on the self-written tests", reference: "The reference on the hidden tests" };
    return [el("p", { class: "meta" }, el("strong", { class: good(r.verdict) ? "pass" : "fail" }, r.verdict), ` ${names[r.kind] || r.kind}`,
        d.purpose ? `, for ${d.purpose}${d.subgoal ? " " + d.subgoal : ""}` : "", `: ${seconds(r.seconds)}`),
        same ? el("p", { class: "soft" }, "the same program as before") : before && (r.kind === "public" || r.kind === "run")
            ? el("div", {}, el("p", { class: "soft" }, "what changed since the last program:"), diff(before.program, r.program), fold("Whole program", () => code(r.program)))
            : r.kind === "public" || r.kind === "run" ? code(r.program) : fold("Program", () => code(r.program)),
        d.tests ? testList(r, before) : null, ["stdout", "stderr"].map(k => d[k] ? el("div", {}, el("p", { class: "who" }, k), longText(d[k])) : null),
        d.value !== undefined && d.value !== null ? el("p", {}, "value: ", el("code", {}, String(d.value))) : null,
        d.message ? el("p", { class: "message" }, [d.error_type, d.message].filter(Boolean).join(": ")) : null];
}

// ---- events ----

// What became of a step: told by the events after the plan.
function stepState(page, at, id) {
    const later = page.episode.events.slice(at + 1), next = later.findIndex(e => e.kind === "plan");
    const mine = (next < 0 ? later : later.slice(0, next)).filter(e => e.kind === "subgoal" && e.detail?.id === id).pop();
    return mine ? mine.detail.ok ? ["solved", `= ${mine.detail.value}`] : ["failed", mine.detail.error || "no value"] : null;
}

function plan(page, index) {
    const d = page.episode.events[index].detail || {}, steps = d.steps || d.subgoals || [];
    const states = steps.map(s => stepState(page, index, s.id)), any = states.some(Boolean);
    return [el("ol", { class: "plan" }, steps.map((s, i) => el("li", { class: states[i]?.[0] || (any ? "untried" : null) }, el("span", { class: "id" }, s.id), ` ${s.desc}`,
        s.deps?.length ? el("span", { class: "soft" }, ` (needs ${s.deps.join(", ")})`) : null,
        el("span", { class: "state" }, states[i] ? ` ${states[i].join(" ")}` : any ? " never tried" : "")))),
        d.givens?.length ? el("p", { class: "soft" }, `givens: ${d.givens.map(g => `${g.name} = ${g.value}`).join(", ")}`) : null];
}

function eventCard(page, item) {
    const e = page.episode.events[item.index];
    return [el("p", { class: "event" }, item.text), e.kind === "plan" ? plan(page, item.index) : null,
        e.kind === "self_tests" && Array.isArray(e.detail) ? fold("The tests", () => code(e.detail.join("\n"))) : null];
}

// ---- all items, in order ----

export const itemId = (prefix, i) => `${prefix}item-${i}`;

const placeOfItem = item => `${item.kind === "grading" ? "run" : item.kind}-${item.index}`;

export function items(page, prefix, marks = {}) {
    let graded = false;
    const flagsAt = new Map();
    page.flags.forEach(f => flagsAt.set(`${f.place.kind}-${f.place.index}`, [...(flagsAt.get(`${f.place.kind}-${f.place.index}`) || []), f]));
    return el("ol", { class: "items" }, page.timeline.map((item, i) => {
        const body = item.kind === "call" ? callCard(page, item.index) : item.kind === "event" ? eventCard(page, item) : runCard(page, item.index);
        const first = item.kind === "grading" && !graded;
        graded ||= first;
        const raw = page.episode[item.kind === "call" ? "calls" : item.kind === "event" ? "events" : "tool_runs"][item.index];
        return [first ? el("li", { class: "after" }, "After the episode had closed") : null,
            el("li", { id: itemId(prefix, i), class: `item ${item.kind}${marks[i] ? " marked" : ""}`, tabindex: -1 },
                item.kind === "grading" ? null : el("span", { class: "at" }, seconds(item.from_s)),
                marks[i] ? el("p", { class: "mark" }, marks[i]) : null,
                (flagsAt.get(placeOfItem(item)) || []).map(f => el("p", { class: "flag here" }, el("strong", {}, `${f.code} ${f.name}`), f.why ? `: ${f.why}` : "")),
                body, fold("raw", () => longText(JSON.stringify(raw, null, 2))))];
    }));
}

export function jumpTo(id) {
    const node = document.getElementById(id);
    if (!node)
        return;
    node.scrollIntoView({ block: "center" });
    node.focus({ preventScroll: true });
    node.classList.add("flash");
    setTimeout(() => node.classList.remove("flash"), 1500);
}

// short: the label's own, and the others when they are asked for.
export function flags(page, prefix, short) {
    const first = short ? page.flags.slice(0, 1) : page.flags, others = page.flags.slice(first.length);
    return page.flags.length ? [flagList(page, prefix, first), others.length ? fold(plural(others.length, "more flag"), () => flagList(page, prefix, others)) : null] : null;
}

function flagList(page, prefix, list) {
    return el("ul", { class: "flags" }, list.map(f => {
        const at = page.timeline.findIndex(item => placeOfItem(item) === `${f.place.kind}-${f.place.index}`);
        return el("li", { class: f.primary ? "flag primary" : "flag" }, el("strong", {}, `${f.code} ${f.name}`), el("span", { class: "soft" }, ` (${f.group}${f.primary ? ", its label" : ""}) `),
            f.why ? el("span", { class: "why" }, f.why) : null, el("p", { class: "soft" }, f.rule),
            at >= 0 ? el("button", { type: "button", class: "small", onclick: () => jumpTo(itemId(prefix, at)) }, "show where") : null);
    }));
}

// ---- the head ----

const CAPS = [["iterations", "max_iters", e => e.iterations], ["calls", "max_calls", e => e.calls], ["tool runs", "max_tool_runs", e => e.tool_runs],
    ["generated tokens", "max_generated_tokens", e => e.generated_tokens], ["total tokens", "max_total_tokens", e => e.prompt_tokens + e.generated_tokens], ["seconds", "max_seconds", e => e.seconds]];

function ledger(page) {
    const e = page.episode, hit = (e.stop || "").replace("budget:", "").replace("_", " ");
    const rows = CAPS.map(([name, cap, of]) => {
        const used = of(page.spent), most = page.budget?.[cap] || 0, ended = (e.stop || "").startsWith("budget:") && hit === name;
        return el("tr", { class: ended ? "hit" : null }, el("th", { scope: "row" }, name), el("td", { class: "num" }, name === "seconds" ? used.toFixed(2) : count(used)),
            el("td", { class: "num" }, most ? count(most) : "no cap"), el("td", {}, most ? el("meter", { min: 0, max: most, value: Math.min(used, most), "aria-label": `${name} used` }) : null, ended ? " limit hit" : ""));
    });
    const roles = page.shares.map(s => `${s.role}: ${plural(s.calls, "call")}, ${count(s.generated_tokens)} tokens, ${seconds(s.model_seconds + s.tool_seconds)}`);
    return [el("div", { class: "scroll" }, el("table", {}, el("caption", {}, "What it spent"), el("thead", {}, el("tr", {}, ["", "used", "cap", ""].map(t => el("th", { scope: "col", class: t && "num" }, t)))), el("tbody", {}, rows))),
        roles.length ? el("p", { class: "soft" }, roles.join(" · ")) : null];
}

export const outcome = e => e.status !== "done" ? `${e.status}${e.error ? ": " + e.error : ""}` : e.passed ? "solved" : `not solved (${e.verdict}${e.n_hidden ? `, ${e.n_hidden_passed} of ${e.n_hidden} hidden tests` : ""})`;

export function statement(page) {
    const t = page.task;
    return t ? el("section", {}, el("h2", {}, "The task"), longText(t.prompt), t.public_tests.length ? fold(`${plural(t.public_tests.length, "shown test")}`, () => code(t.public_tests.join("\n"))) : null,
        t.answer !== undefined ? el("p", {}, `expected answer: ${t.answer}`) : null, t.reference ? fold("A program that solves it", () => code(t.reference)) : null) : null;
}

export async function episodePage(main, args) {
    const page = await ask("episode", { run: args.run, id: args.id }), e = page.episode;
    replace(main, el("h1", {}, e.task, " ", el("span", { class: `badge ${e.passed ? "solved" : "failed"}` }, outcome(e))),
        el("p", {}, `Arm ${e.arm}, sample ${e.sample}, episode ${page.id}; ended by ${e.stop || "nothing yet"}. `, copyButtons("episode", { run: args.run, id: args.id }, page)));
    add(main, flags(page, ""), statement(page), el("section", {}, el("h2", {}, "Against the budget"), ledger(page)));
    add(main, el("section", {}, el("h2", {}, "What happened"), (e.failures || []).map(f => el("p", { class: "error" }, `A request of the ${f.role} was given up at ${f.at}: ${f.error}`)), items(page, "")));
    add(main, e.submission ? el("section", {}, el("h2", {}, "What was submitted"), code(e.submission)) : null,
        (e.labels || []).length ? el("section", {}, el("h2", {}, "Labels by people"), el("ul", {}, e.labels.map(l => el("li", {}, `${l.annotator}: ${l.label}${l.note ? " — " + l.note : ""}`)))) : null,
        el("section", {}, el("h2", {}, "Raw"), fold("The whole episode as JSON", () => longText(JSON.stringify(page, null, 2)))));
    if (args.at !== undefined)
        setTimeout(() => jumpTo(itemId("", Number(args.at))));
}
