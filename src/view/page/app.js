// The pages by address, and the way back. An address says all there is to say: it can be kept, sent and reloaded.
import { keepToken, here, replace, add, el, link, say } from "./dom.js";
import { runsPage } from "./runs.js";
import { runPage } from "./run.js";
import { documentPage, comparePage } from "./document.js";
import { episodePage } from "./episode.js";
import { pairPage } from "./pair.js";
import { labelPage } from "./label.js";

const pages = {
    "": { title: () => "Runs", show: runsPage },
    run: { title: a => a.run, show: runPage },
    report: { title: a => `Report of ${a.run}`, show: (main, a) => documentPage(main, "report", { run: a.run }) },
    agreement: { title: a => `Agreement, ${a.run}`, show: (main, a) => documentPage(main, "agreement", { run: a.run }) },
    compare: { title: () => "Runs compared", show: comparePage },
    episode: { title: a => `Episode ${a.id}`, show: episodePage },
    pair: { title: a => a.task, show: pairPage },
    label: { title: () => "Labelling", show: labelPage },
};

let leave = null, current = null, turn = 0;
const places = new Map(); // where one was on a page one goes back to

function crumbs(page, args) {
    const name = args.run === "." ? "this run" : args.run;
    const nav = document.getElementById("crumbs"), parts = [link("", {}, "Runs")];
    if (args.run)
        parts.push(page === "run" ? el("span", {}, name) : link("run", { run: args.run }, name));
    if (args.run && page !== "run")
        parts.push(el("span", {}, pages[page]?.title(args).replace(args.run, "").replace(/( of|,) *$/, "") || page));
    replace(nav, parts.map((p, i) => [i ? el("span", { class: "sep", "aria-hidden": "true" }, " / ") : null, p]));
}

async function show() {
    const mine = ++turn, { page, args } = here(), main = document.getElementById("main");
    const known = pages[page];
    if (current)
        places.set(current, window.scrollY);
    current = location.hash;
    leave?.();
    leave = null;
    crumbs(page, args);
    document.title = `${known ? known.title(args) : "hrm view"} · hrm`;
    main.setAttribute("aria-busy", "true");
    try {
        if (!known)
            throw new Error("there is no such page");
        const box = el("div", {});
        const ended = await known.show(box, args);
        if (mine !== turn) {
            ended?.();
            return;
        }
        leave = ended || null;
        replace(main, box);
        if (page !== "label")
            main.focus({ preventScroll: true });
        window.scrollTo(0, places.get(location.hash) || 0);
        say(document.title);
    } catch (e) {
        if (mine === turn)
            replace(main, el("h1", {}, "This cannot be shown"), el("p", { class: "error" }, e.message));
    }
    main.removeAttribute("aria-busy");
}

keepToken();
window.addEventListener("hashchange", show);
show();
