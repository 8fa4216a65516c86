"""Figures of docs/results.md as SVG: plain text, the same bytes for the same numbers, readable on light and dark pages."""
from html import escape

COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#000000"]  # Okabe and Ito
DASHES = ["", "6 3", "2 3", "8 3 2 3", "", "6 3", "2 3", ""]
W, H, LEFT, RIGHT, TOP, BOTTOM = 720, 360, 60, 150, 40, 50


def opened(title, described):
    return [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {W} {H}" role="img" font-family="sans-serif" font-size="12">',
            f"<title>{escape(title)}</title>", f"<desc>{escape(described)}</desc>", f'<rect width="{W}" height="{H}" fill="#fff"/>',
            f'<text x="{LEFT}" y="20" font-size="14">{escape(title)}</text>']


def line(x1, y1, x2, y2, colour="#999"):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def text(x, y, what, anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(what)}</text>'


def ticks(most):
    """Four or five round numbers up to `most`."""
    step = 1
    while most / step > 5:
        step *= 2 if str(step)[0] in "15" else 2.5
    return [step * k for k in range(int(most / step) + 1)]


def steps(title, x_name, y_name, lines):
    """Step curves {name: [(x, share)]}, x rising."""
    most = max((x for points in lines.values() for x, _ in points), default=1) or 1
    w, h = W - LEFT - RIGHT, H - TOP - BOTTOM
    out = opened(title, f"{y_name} by {x_name}; ends: " + ", ".join(f"{n} {100 * p[-1][1]:.1f}" for n, p in lines.items() if p))
    for share in (0, .25, .5, .75, 1):
        y = TOP + h * (1 - share)
        out += [line(LEFT, y, LEFT + w, y, "#ddd"), text(LEFT - 6, y + 4, f"{100 * share:.0f}", "end")]
    for x in ticks(most):
        at = LEFT + w * x / most
        out += [line(at, TOP + h, at, TOP + h + 5), text(at, TOP + h + 18, f"{x:g}", "middle")]
    out += [text(LEFT + w / 2, H - 12, x_name, "middle"), text(LEFT, TOP - 6, y_name)]
    for i, (name, points) in enumerate(lines.items()):
        path, last = [], None
        for x, share in points:
            px, py = LEFT + w * x / most, TOP + h * (1 - share)
            path.append(f"M{px:.1f} {py:.1f}" if last is None else f"H{px:.1f}" + (f"V{py:.1f}" if py != last else ""))
            last = py
        colour, dash = COLOURS[i % 8], DASHES[i % 8]
        out.append(f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>')
        y = TOP + 10 + 18 * i
        out += [f'<path d="M{W - RIGHT + 10} {y}h24" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>', text(W - RIGHT + 40, y + 4, name)]
    return "\n".join(out + ["</svg>", ""])


def bars(title, x_name, stacks):
    """Stacked bars {arm: [(role, amount)]}."""
    roles = list(dict.fromkeys(role for parts in stacks.values() for role, _ in parts))
    most = max((sum(a for _, a in parts) for parts in stacks.values()), default=1) or 1
    w, h = W - LEFT - RIGHT - 60, H - TOP - BOTTOM
    height = h / max(len(stacks), 1)
    out = opened(title, "; ".join(f"{arm}: " + ", ".join(f"{r} {a:.0f}" for r, a in parts) for arm, parts in stacks.items()))
    for x in ticks(most):
        at = LEFT + 60 + w * x / most
        out += [line(at, TOP, at, TOP + h + 5, "#ddd"), text(at, TOP + h + 18, f"{x:g}", "middle")]
    out.append(text(LEFT + 60 + w / 2, H - 12, x_name, "middle"))
    for i, (arm, parts) in enumerate(stacks.items()):
        y, x = TOP + height * i + height * .15, LEFT + 60
        out.append(text(LEFT + 54, y + height * .4, arm, "end"))
        for role, amount in parts:
            width = w * amount / most
            out.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height * .7:.1f}" fill="{COLOURS[roles.index(role) % 8]}">'
                       f"<title>{escape(arm)}, {escape(role)}: {amount:.0f}</title></rect>")
            x += width
    for i, role in enumerate(roles):
        y = TOP + 10 + 18 * i
        out += [f'<rect x="{W - RIGHT + 10}" y="{y - 6}" width="12" height="12" fill="{COLOURS[i % 8]}"/>', text(W - RIGHT + 28, y + 4, role)]
    return "\n".join(out + ["</svg>", ""])
