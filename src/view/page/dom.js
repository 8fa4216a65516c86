// What all pages share: making elements, asking the server, addresses, and events from it.
// Whatever a suite, a model or a program wrote becomes a text node or an attribute of our own; nothing is parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attrs, children) {
    for (const [name, value] of Object.entries(attrs || {})) {
        if (value === null || value === undefined || value === false)
            continue;
        if (name.startsWith("on"))
            node.addEventListener(name.slice(2), value);
        else
            node.setAttribute(name, value === true ? "" : value);
    }
    add(node, ...children);
    return node;
}

export function add(node, ...children) {
    for (const child of children.flat(3))
        if (child !== null && child !== undefined && child !== false)
            node.append(child); // a string becomes a text node
}

export const el = (tag, attrs, ...children) => fill(document.createElement(tag), attrs, children);
export const svg = (tag, attrs, ...children) => fill(document.createElementNS(SVG, tag), attrs, children);

export function replace(node, ...children) {
    node.replaceChildren();
    add(node, ...children);
}

// ---- the token: from the address that was printed, then kept for this address ----

export function keepToken() {
    const given = new URLSearchParams(location.search).get("token");
    if (given) {
        localStorage.setItem("hrm-token", given);
        history.replaceState(null, "", location.pathname + location.hash);
    }
}

const token = () => localStorage.getItem("hrm-token") || "";

// ---- addresses: #/page?name=value ----

export function here() {
    const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
    return { page: path || "", args: Object.fromEntries(new URLSearchParams(query || "")) };
}

export function address(page, args) {
    const kept = Object.entries(args || {}).filter(([, v]) => v !== "" && v !== null && v !== undefined);
    const query = new URLSearchParams(kept).toString();
    return `#/${page}${query ? "?" + query : ""}`;
}

export const link = (page, args, ...children) => el("a", { href: address(page, args) }, ...children);

// ---- asking ----

function apiUrl(path, args) {
    return `/api/${path}?${new URLSearchParams(Object.entries(args || {}).filter(([, v]) => v !== "" && v !== undefined))}`;
}

export async function ask(path, args, body) {
    const reply = await fetch(apiUrl(path, args), {
        headers: { "X-Hrm-Token": token() },
        method: body ? "POST" : "GET",
        body: body ? JSON.stringify(body) : undefined,
    });
    const value = await reply.json();
    if (!reply.ok)
        throw new Error(value.error || `status ${reply.status}`);
    return value;
}

// Server-sent events, read by fetch: EventSource cannot send the token. Pauses while the page is not visible, as a browser
// keeps six connections to a server for all of its tabs. Returns what ends it.
export function listen(run, handlers, again) {
    let controller = null;
    async function read() {
        controller = new AbortController();
        const mine = controller;
        try {
            const reply = await fetch(apiUrl("events", { run }), { headers: { "X-Hrm-Token": token() }, signal: mine.signal });
            const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
            let text = "";
            for (;;) {
                const { value, done } = await reader.read();
                if (done)
                    break;
                text += value;
                const messages = text.split("\n\n");
                text = messages.pop();
                messages.forEach(message => dispatch(message, handlers));
            }
        } catch (e) {
            if (mine.signal.aborted)
                return;
        }
        if (!mine.signal.aborted) // the server went away, or sleeps
            setTimeout(() => !mine.signal.aborted && read(), 3000);
    }
    function onVisibility() {
        controller?.abort();
        if (!document.hidden) {
            again?.();
            read();
        }
    }
    document.addEventListener("visibilitychange", onVisibility);
    if (!document.hidden)
        read();
    return () => {
        document.removeEventListener("visibilitychange", onVisibility);
        controller?.abort();
    };
}

function dispatch(message, handlers) {
    const lines = message.split("\n");
    const event = lines.find(l => l.startsWith("event: "))?.slice(7);
    const data = lines.find(l => l.startsWith("data: "))?.slice(6);
    if (event && data && handlers[event])
        handlers[event](JSON.parse(data));
}

// ---- small things ----

export function say(text) {
    document.getElementById("say").textContent = text;
}

export function copyButton(label, make) {
    return el("button", {
        type: "button", class: "small", onclick: async event => {
            const text = typeof make === "function" ? make() : make;
            try {
                await navigator.clipboard.writeText(text);
            } catch (e) { // not allowed: the old way
                const area = el("textarea", { class: "sr" });
                area.value = text;
                document.body.append(area);
                area.select();
                document.execCommand("copy");
                area.remove();
            }
            event.target.textContent = "copied";
            say(`${label}: copied`);
            setTimeout(() => { event.target.textContent = label; }, 1500);
        },
    }, label);
}

export function curl(path, args) {
    return `curl -s -H 'X-Hrm-Token: ${token()}' '${location.origin}${apiUrl(path, args)}'`;
}

export const copyButtons = (path, args, value) => el("span", { class: "copy" },
    copyButton("copy JSON", () => JSON.stringify(value, null, 2)), copyButton("copy cURL", () => curl(path, args)));

export const seconds = s => s === undefined || s === null ? "" : s < 1 ? `${(s * 1000).toFixed(0)} ms` : s < 100 ? `${s.toFixed(2)} s` : `${s.toFixed(0)} s`;
// As the report writes it: of two numbers that are equally near the even one, where toFixed takes the larger.
export function decimal(x, digits) {
    const exact = x.toFixed(digits + 20), cut = exact.slice(0, -20).replace(/\.$/, "");
    return /^50*$/.test(exact.slice(-20)) && Number(cut.at(-1)) % 2 === 0 ? cut : x.toFixed(digits);
}

export const count = n => Number(n).toLocaleString("en-US");
export const plural = (n, word) => `${count(n)} ${word}${n === 1 ? "" : "s"}`;
// Our own sentences about numbers, as print has them.
export const minus = text => String(text).replace(/(^|[\s[(])-(?=\d| )/g, "$1−").replaceAll(">=", "≥").replaceAll("<=", "≤");

// A long text without its middle being laid out: the rest comes when it is asked for.
const SHOWN = 20000;
export function longText(text, make) {
    const shown = make || (t => el("pre", {}, t));
    if (text.length <= SHOWN)
        return shown(text);
    const box = el("div", {}, shown(text.slice(0, SHOWN)));
    box.append(el("button", {
        type: "button", class: "small", onclick: event => {
            event.target.remove();
            replace(box, el("pre", {}, text));
        },
    }, `show all ${count(text.length)} characters`));
    return box;
}

export const fold = (summary, make, open) => {
    const box = el("details", { open: open || null }, el("summary", {}, summary));
    let made = false;
    const show = () => {
        if (!made && box.open) {
            made = true;
            add(box, make());
        }
    };
    box.addEventListener("toggle", show);
    if (open) {
        made = true;
        add(box, make());
    }
    return box;
};
