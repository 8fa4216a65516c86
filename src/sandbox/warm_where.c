/* Where in its program a run is, said just before a limit of time ends it.
 *
 * The handler runs in the middle of anything, and looks at the interpreter's frames all the same:
 * the process ends right after it, and if the look goes wrong it ends without having said. What it
 * says is worth no more than what the program prints, since both could be the program's work. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "sandbox/warm.h"

static struct box_blob *volatile blob_of_run; /* NULL: not in a run */

int warm_where_signal(void)
{
    return SIGRTMAX - 1;
}

static bool is_of_program(PyFrameObject *frame)
{
    PyObject *name = PyFrame_GetCode(frame)->co_filename;
    const char *text = PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
    return text && strcmp(text, "main.py") == 0;
}

static void say_where(int signal)
{
    (void)signal;
    PyThreadState *thread = PyGILState_GetThisThreadState();
    if (thread)
        PyThreadState_Swap(thread); /* it may have let go of the interpreter, in order to sleep */
    PyFrameObject *frame = thread ? PyThreadState_GetFrame(thread) : NULL;
    while (frame &&
           !is_of_program(frame)) /* innermost first; tests and libraries are passed over */
        frame = PyFrame_GetBack(frame);
    if (frame && blob_of_run)
        blob_of_run->line = (uint64_t)PyFrame_GetLineNumber(frame);
    _exit(1);
}

int warm_where_prepare(void)
{
    struct sigaction act = {.sa_handler = say_where};
    return sigaction(warm_where_signal(), &act, NULL) < 0 ? -errno : 0;
}

void warm_where_blob(struct box_blob *blob)
{
    blob_of_run = blob;
}
