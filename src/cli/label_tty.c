/* See label_tty.h. Frames are drawn whole, in the terminal's second screen. */
#include "cli/label_tty.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "label/label_codes.h"
#include "label/wrap.h"

enum { HEAD_ROWS = 1, FOOT_ROWS = 5, NOTE_BYTES = 500 };

enum mode { PICK_GROUP, PICK_CODE, EDIT_NOTE };

/* Beyond the bytes themselves. */
enum key {
    KEY_NONE = -1,
    KEY_UP = 256,
    KEY_DOWN,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_HOME,
    KEY_END,
    KEY_ESCAPE,
    KEY_STOP
};

struct screen {
    struct label_session *session;
    const struct label_source *source;
    char *text;       /* of the item shown */
    size_t shown;     /* that item */
    const char **row; /* [n_rows] where the rows of the text start, for `columns` */
    size_t n_rows, cap_rows, top;
    int rows, columns; /* of the terminal */
    enum mode mode;
    size_t group; /* in PICK_CODE */
    bool adding;  /* the next label is another one of the last episode */
    struct str note;
    const char *say;
};

static volatile sig_atomic_t stopped, resized;

static void on_stop(int number)
{
    (void)number;
    stopped = 1;
}

static void on_resize(int number)
{
    (void)number;
    resized = 1;
}

/* ---- layout ---- */

static void measure(struct screen *s)
{
    struct winsize w = {0};
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &w);
    s->rows = w.ws_row > HEAD_ROWS + FOOT_ROWS ? w.ws_row : 24;
    s->columns = w.ws_col > 10 ? w.ws_col : 80;
}

static size_t body_rows(const struct screen *s)
{
    return (size_t)(s->rows - HEAD_ROWS - FOOT_ROWS);
}

static void lay_out(struct screen *s)
{
    s->n_rows = 0;
    for (const char *p = s->text; p && *p;) {
        s->row = xgrow(s->row, &s->cap_rows, s->n_rows + 1, sizeof *s->row);
        s->row[s->n_rows++] = p;
        p += wrap_row(p, s->columns);
        p += *p == '\n';
    }
}

static void scroll_to(struct screen *s, long top)
{
    long last = (long)s->n_rows - (long)body_rows(s);
    s->top = (size_t)(top < 0 || last < 0 ? 0 : top > last ? last : top);
}

/* Fetches the transcript of the current item. */
static int show_item(struct screen *s, struct err *err)
{
    if (s->text && s->shown == s->session->at)
        return 0;
    free(s->text);
    s->shown = s->session->at;
    s->text = s->shown < s->session->n
                  ? s->source->text(s->source->ctx, s->shown, err)
                  : xstrdup("No episode is left. Skipped ones come again next time.\n\n"
                            "u undoes the last label, q quits.\n");
    if (!s->text)
        return err ? err->code : -EIO;
    lay_out(s);
    scroll_to(s, 0);
    return 0;
}

/* ---- drawing ---- */

static void put_row(struct str *out, const struct screen *s, const char *text)
{
    str_addn(out, text, wrap_row(text, s->columns));
    str_add(out, "\x1b[K\r\n");
}

static void put_head(struct str *out, const struct screen *s)
{
    const struct label_session *l = s->session;
    size_t end = s->top + body_rows(s);
    char *head CLEANUP_FREE =
        xasprintf(" episode %zu of %zu | %s: %zu labelled, %zu skipped | lines %zu-%zu of %zu",
                  l->at < l->n ? l->at + 1 : l->n, l->n, l->annotator, label_session_labelled(l),
                  label_session_skipped(l), s->n_rows ? s->top + 1 : 0,
                  end < s->n_rows ? end : s->n_rows, s->n_rows);
    str_add(out, "\x1b[7m");
    put_row(out, s, head);
    str_add(out, "\x1b[m");
}

static void put_groups(struct str *out, const struct screen *s)
{
    for (size_t line = 0; line < 2; line++) {
        struct str row CLEANUP_STR = {0};
        for (size_t i = line * LABEL_GROUPS / 2; i < (line + 1) * LABEL_GROUPS / 2; i++)
            str_addf(&row, " %c %-17s", label_group_letter(i), label_group_name(i));
        put_row(out, s, str_text(&row));
    }
    put_row(out, s,
            " capital: label  n note  + another  s skip  u undo  q quit  space b g G: scroll");
}

static void put_codes(struct str *out, const struct screen *s)
{
    const char *code, *name;
    for (size_t line = 0; line < 3; line++) {
        struct str row CLEANUP_STR = {0};
        for (size_t i = line * 3; i < line * 3 + 3 && label_code(s->group, i, &code, &name); i++)
            str_addf(&row, " %s %-24s", code + 1, name);
        put_row(out, s, str_text(&row));
    }
}

static void put_foot(struct str *out, const struct screen *s)
{
    put_row(out, s, "");
    if (s->mode == PICK_CODE)
        put_codes(out, s);
    else
        put_groups(out, s);
    struct str status CLEANUP_STR = {0};
    if (s->mode == EDIT_NOTE)
        str_addf(&status, " note: %s_   (Enter: keep, Esc: drop)", str_text(&s->note));
    else if (s->mode == PICK_CODE)
        str_addf(&status, " %c %s: a digit picks a code, Enter the whole group, Esc goes back",
                 label_group_letter(s->group), label_group_name(s->group));
    else
        str_addf(&status, " %s%s%s", s->say, s->note.len ? "   note: " : "", str_text(&s->note));
    str_addn(out, str_text(&status), wrap_row(str_text(&status), s->columns));
    str_add(out, "\x1b[K");
}

static void draw(const struct screen *s)
{
    struct str out CLEANUP_STR = {0};
    str_add(&out, "\x1b[H");
    put_head(&out, s);
    for (size_t i = 0; i < body_rows(s); i++)
        put_row(&out, s, s->top + i < s->n_rows ? s->row[s->top + i] : "");
    put_foot(&out, s);
    fwrite(out.p, 1, out.len, stdout);
    fflush(stdout);
}

/* ---- keys ---- */

static int read_byte(int timeout_ms)
{
    struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
    unsigned char byte;
    int ready = poll(&p, 1, timeout_ms);
    if (ready <= 0)
        return stopped ? KEY_STOP : KEY_NONE;
    return read(STDIN_FILENO, &byte, 1) == 1 ? byte : KEY_STOP;
}

/* What follows an escape: "[A", "[5~"; nothing within a moment means the key itself. */
static int read_escape(void)
{
    int first = read_byte(50);
    if (first != '[' && first != 'O')
        return KEY_ESCAPE;
    int second = read_byte(50);
    switch (second) {
    case 'A':
        return KEY_UP;
    case 'B':
        return KEY_DOWN;
    case 'H':
        return KEY_HOME;
    case 'F':
        return KEY_END;
    default:
        break;
    }
    int last = second;
    while (last >= '0' && last <= '9')
        last = read_byte(50);
    return second == '5'   ? KEY_PAGE_UP
           : second == '6' ? KEY_PAGE_DOWN
           : second == '1' ? KEY_HOME
           : second == '4' ? KEY_END
                           : KEY_NONE;
}

static int read_key(void)
{
    int byte = read_byte(-1);
    if (byte == 3 || byte == 4) /* Ctrl-C, Ctrl-D */
        return KEY_STOP;
    return byte == 0x1b ? read_escape() : byte;
}

static bool scroll_key(struct screen *s, int key)
{
    long page = (long)body_rows(s) - 1, top = (long)s->top;
    switch (key) {
    case KEY_UP:
    case 'k':
        scroll_to(s, top - 1);
        return true;
    case KEY_DOWN:
    case 'j':
        scroll_to(s, top + 1);
        return true;
    case KEY_PAGE_UP:
    case 'b':
        scroll_to(s, top - page);
        return true;
    case KEY_PAGE_DOWN:
    case ' ':
        scroll_to(s, top + page);
        return true;
    case KEY_HOME:
    case 'g':
        scroll_to(s, 0);
        return true;
    case KEY_END:
    case 'G':
        scroll_to(s, (long)s->n_rows);
        return true;
    default:
        return false;
    }
}

static int submit(struct screen *s, const char *word, struct err *err)
{
    char *line CLEANUP_FREE = xasprintf("%s%s %s", s->adding ? "+" : "", word, str_text(&s->note));
    s->mode = PICK_GROUP;
    s->adding = false;
    str_clear(&s->note);
    return label_session_input(s->session, line, &s->say, err);
}

static int group_key(struct screen *s, int key, struct err *err)
{
    char word[2] = {(char)key, 0};
    bool byte = key > ' ' && key < 0x7f;
    int group = byte ? label_group_of(word) : -1;
    if (key == 'n' && s->session->at < s->session->n) {
        s->mode = EDIT_NOTE;
    } else if (key == '+') {
        s->adding = true;
        s->say = "another label of the last episode: its group";
    } else if (group >= 0 && (s->adding || s->session->at < s->session->n)) {
        s->group = (size_t)group;
        s->mode = PICK_CODE;
    } else if (key == 's' || key == 'u' || key == 'q') {
        s->adding = false;
        return submit(s, word, err);
    } else if (byte) {
        s->say = "no such key; labels are capital letters";
    }
    return 0;
}

static int code_key(struct screen *s, int key, struct err *err)
{
    const char word[3] = {label_group_letter(s->group), key == '\r' ? 0 : (char)key, 0};
    if (key == KEY_ESCAPE)
        s->mode = PICK_GROUP;
    else if (key == '\r' || (key >= '1' && key <= '9' && label_group_of(word) >= 0))
        return submit(s, word, err);
    return 0;
}

static void note_key(struct screen *s, int key)
{
    if (key == KEY_ESCAPE)
        str_clear(&s->note);
    if (key == KEY_ESCAPE || key == '\r') {
        s->mode = PICK_GROUP;
    } else if (key == 0x7f || key == '\b') {
        while (s->note.len > 0 && ((unsigned char)s->note.p[s->note.len - 1] & 0xc0) == 0x80)
            s->note.len--;
        s->note.len -= s->note.len > 0;
        if (s->note.p)
            s->note.p[s->note.len] = '\0';
    } else if (key >= ' ' && key < 256 && s->note.len < NOTE_BYTES) {
        str_addc(&s->note, (char)key);
    }
}

static int handle_key(struct screen *s, int key, struct err *err)
{
    if (key == KEY_STOP) {
        s->session->quit = true;
        return 0;
    }
    if (s->mode == EDIT_NOTE)
        note_key(s, key);
    else if (s->mode == PICK_CODE && key != KEY_NONE && !(key > 255 && scroll_key(s, key)))
        return code_key(s, key, err);
    else if (s->mode == PICK_GROUP && key != KEY_NONE && !scroll_key(s, key))
        return group_key(s, key, err);
    return 0;
}

/* ---- the terminal ---- */

static void enter(struct termios *saved)
{
    tcgetattr(STDIN_FILENO, saved);
    struct termios raw = *saved;
    cfmakeraw(&raw);
    raw.c_oflag |= OPOST;
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    fputs("\x1b[?1049h\x1b[?25l\x1b[2J", stdout);
}

static void leave(const struct termios *saved)
{
    fputs("\x1b[?25h\x1b[?1049l", stdout);
    fflush(stdout);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, saved);
}

static void watch_signals(void)
{
    struct sigaction stop = {.sa_handler = on_stop}, resize = {.sa_handler = on_resize};
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGHUP, &stop, NULL);
    sigaction(SIGWINCH, &resize, NULL);
}

static int loop(struct screen *s, struct err *err)
{
    int rc = 0;
    measure(s);
    while (rc == 0 && !s->session->quit) {
        if (resized) {
            resized = 0;
            measure(s);
            lay_out(s);
            scroll_to(s, (long)s->top);
        }
        rc = show_item(s, err);
        if (rc < 0)
            break;
        draw(s);
        rc = handle_key(s, read_key(), err);
    }
    return rc;
}

int label_tty_run(struct label_session *session, const struct label_source *source, struct err *err)
{
    struct screen s = {.session = session, .source = source, .say = ""};
    struct termios saved;
    watch_signals();
    enter(&saved);
    int rc = loop(&s, err);
    leave(&saved);
    free(s.text);
    free(s.row);
    str_free(&s.note);
    return rc;
}
