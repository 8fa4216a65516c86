// Programs and texts: Python in colours, replies with their fenced blocks, and what changed between two texts.
import { el, longText } from "./dom.js";

const KEYWORDS = new Set(("False None True and as assert async await break class continue def del elif else except finally for from global if "
    + "import in is lambda nonlocal not or pass raise return try while with yield match case").split(" "));
const TOKEN = /("""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)|(#[^\n]*)|(\b\d[\w.]*)|([A-Za-z_]\w*)/g;

function python(text) {
    const pre = el("pre", { class: "code" });
    let at = 0;
    for (const match of text.matchAll(TOKEN)) {
        const kind = match[1] ? "str" : match[2] ? "com" : match[3] ? "nr" : KEYWORDS.has(match[4]) ? "kw" : null;
        if (!kind)
            continue;
        pre.append(text.slice(at, match.index), el("span", { class: kind }, match[0]));
        at = match.index + match[0].length;
    }
    pre.append(text.slice(at));
    return pre;
}

export const code = text => longText(text, python);

// A reply: prose, and fenced blocks as programs.
export function reply(text) {
    if (!text)
        return el("p", { class: "soft" }, "(an empty reply)");
    if (!text.includes("```") || text.length > 200000)
        return longText(text);
    const box = el("div", {});
    text.split(/^```/m).forEach((part, i) => {
        if (i % 2 === 0) {
            if (part.trim())
                box.append(longText(part.replace(/^\n|\n$/g, "")));
        } else {
            box.append(code(part.replace(/^[^\n]*\n/, "").replace(/\n$/, "")));
        }
    });
    return box;
}

// The longest common subsequence of lines, for texts that a person could compare: [{op: " " | "+" | "-", text}].
export function lineDiff(before, after) {
    const a = before.split("\n"), b = after.split("\n");
    let start = 0, endA = a.length, endB = b.length;
    while (start < endA && start < endB && a[start] === b[start])
        start++;
    while (endA > start && endB > start && a[endA - 1] === b[endB - 1])
        endA--, endB--;
    const out = a.slice(0, start).map(text => ({ op: " ", text }));
    out.push(...middle(a.slice(start, endA), b.slice(start, endB)));
    out.push(...a.slice(endA).map(text => ({ op: " ", text })));
    return out;
}

function middle(a, b) {
    const removed = a.map(text => ({ op: "-", text })), added = b.map(text => ({ op: "+", text }));
    if (!a.length || !b.length || a.length * b.length > 4e6)
        return [...removed, ...added];
    const width = b.length + 1, best = new Uint16Array((a.length + 1) * width);
    for (let i = a.length - 1; i >= 0; i--)
        for (let j = b.length - 1; j >= 0; j--)
            best[i * width + j] = a[i] === b[j] ? best[(i + 1) * width + j + 1] + 1
                : Math.max(best[(i + 1) * width + j], best[i * width + j + 1]);
    const out = [];
    let i = 0, j = 0;
    while (i < a.length && j < b.length) {
        if (a[i] === b[j])
            out.push({ op: " ", text: a[i++] }), j++;
        else if (best[(i + 1) * width + j] >= best[i * width + j + 1])
            out.push(removed[i++]);
        else
            out.push(added[j++]);
    }
    return [...out, ...removed.slice(i), ...added.slice(j)];
}

const WORDS = { "+": "added", "-": "removed" };

// Lines that stayed are folded but for two around each change.
export function diff(before, after, around = 2) {
    const lines = lineDiff(before, after), near = new Uint8Array(lines.length);
    lines.forEach((line, i) => {
        for (let k = Math.max(0, i - around); line.op !== " " && k <= Math.min(lines.length - 1, i + around); k++)
            near[k] = 1;
    });
    const box = el("div", { class: "diff" });
    for (let i = 0; i < lines.length;) {
        let end = i;
        while (end < lines.length && near[end] === near[i])
            end++;
        const part = lines.slice(i, end);
        if (near[i] || part.length < 3)
            box.append(el("pre", {}, part.map(line => el("span", { class: `line ${WORDS[line.op] || "same"}` },
                el("span", { class: "sign", "aria-label": WORDS[line.op] || null }, line.op), line.text + "\n"))));
        else
            box.append(el("details", { class: "same" }, el("summary", {}, `${part.length} lines as before`),
                el("pre", {}, part.map(line => `  ${line.text}`).join("\n"))));
        i = end;
    }
    return box;
}
