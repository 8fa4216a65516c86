/* The interpreter inside hrm-python: started once, preloaded and frozen, then used by each forked
 * run.
 *
 * Programs are evaluated straight from C, so no frame of ours lies beneath theirs. What is easier
 * said in Python is in guest_*.py, compiled into this executable and loaded before the first run.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <marshal.h>
#include "sandbox/warm.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "sandbox/guest_text.h"

static PyObject *guest;   /* dict: what guest_*.py define */
static PyObject *random_; /* the function random.seed */

/* A Python exception during start, in one line. */
static int python_failed(struct warm *w)
{
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyObject *text = value ? PyObject_Str(value) : NULL;
    snprintf(w->text, sizeof w->text, "Python: %s",
             text ? PyUnicode_AsUTF8(text) : "unknown error");
    return -ENOEXEC;
}

/* The stream objects are made over a pipe, as they will be in a run; the run puts its own
 * descriptors there. */
static int prepare_streams(void)
{
    int ends[2];
    if (pipe(ends) < 0 || dup2(ends[1], 1) < 0 || dup2(ends[1], 2) < 0)
        return -errno;
    close(ends[0]);
    close(ends[1]);
    return 0;
}

static PyStatus add_path(PyConfig *config, const char *path)
{
    wchar_t *wide = Py_DecodeLocale(path, NULL);
    PyStatus s = PyWideStringList_Append(&config->module_search_paths, wide);
    PyMem_RawFree(wide);
    return s;
}

static PyStatus configure(PyConfig *config)
{
    static const char *const paths[] = {PYTHON_STDLIB, PYTHON_STDLIB "/lib-dynload",
                                        "/usr/lib/python3/dist-packages",
                                        "/usr/local/lib/python" PYTHON_VERSION "/dist-packages"};
    config->site_import = 0;
    config->use_hash_seed = 1; /* seed 0: the same order of sets in every run */
    config->write_bytecode = 0;
    config->install_signal_handlers = 1;
    config->parse_argv = 0;
    config->module_search_paths_set = 1;
    PyStatus s = PyStatus_Ok();
    for (size_t i = 0; i < sizeof paths / sizeof *paths && !PyStatus_Exception(s); i++)
        s = add_path(config, paths[i]);
    const struct {
        wchar_t **field;
        const char *value;
    } fixed[] = {{&config->program_name, "/usr/bin/python3"},
                 {&config->executable, "/usr/bin/python3"},
                 {&config->base_executable, "/usr/bin/python3"},
                 {&config->prefix, "/usr"},
                 {&config->base_prefix, "/usr"},
                 {&config->exec_prefix, "/usr"},
                 {&config->base_exec_prefix, "/usr"}};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed && !PyStatus_Exception(s); i++)
        s = PyConfig_SetBytesString(config, fixed[i].field, fixed[i].value);
    if (!PyStatus_Exception(s))
        s = PyConfig_SetBytesArgv(config, 1, (char *[]){"main.py"});
    return s;
}

static int initialize(struct warm *w)
{
    PyPreConfig pre;
    PyConfig config;
    PyPreConfig_InitIsolatedConfig(&pre);
    pre.utf8_mode = 1;
    PyStatus s = Py_PreInitialize(&pre);
    PyConfig_InitIsolatedConfig(&config);
    if (!PyStatus_Exception(s))
        s = configure(&config);
    if (!PyStatus_Exception(s))
        s = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    if (!PyStatus_Exception(s))
        return 0;
    snprintf(w->text, sizeof w->text, "Python does not start: %s", s.err_msg ? s.err_msg : "?");
    return -ENOEXEC;
}

/* Runs one of our modules in the dict `guest`. */
static bool load_guest(const unsigned char *code, size_t n)
{
    PyObject *object = PyMarshal_ReadObjectFromString((const char *)code, (Py_ssize_t)n);
    PyObject *done = object ? PyEval_EvalCode(object, guest, guest) : NULL;
    Py_XDECREF(object);
    Py_XDECREF(done);
    return done != NULL;
}
#define LOAD(module) load_guest(module, sizeof(module))

static PyObject *call_guest(const char *name, PyObject *args)
{
    PyObject *f = PyDict_GetItemString(guest, name); /* borrowed */
    return f && args ? PyObject_CallObject(f, args) : NULL;
}

/* Lets the interpreter do once what its runs will do. */
static int rehearse(struct warm *w)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return warm_fail(w, errno, "socketpair");
    PyObject *args = Py_BuildValue("(iii)", w->checker, ends[0], ends[1]);
    PyObject *done = call_guest("rehearse", args);
    Py_XDECREF(args);
    close(ends[0]);
    close(ends[1]);
    if (!done)
        return python_failed(w);
    Py_DECREF(done);
    return 0;
}

static bool load_candidate(void)
{
    return LOAD(guest_candidate) && LOAD(guest_together);
}

/* In a checker: evaluations are looked at by guest_guard.py, all other events pass. */
static int watch_evaluation(const char *event, PyObject *args, void *unused)
{
    (void)unused;
    if (strcmp(event, "exec") != 0 && strcmp(event, "pickle.find_class") != 0)
        return 0;
    PyObject *looked = call_guest("watch_evaluation", Py_BuildValue("(sO)", event, args));
    Py_XDECREF(looked);
    return looked ? 0 : -1;
}

static bool load_checker(void)
{
    return LOAD(guest_guard) && LOAD(guest_proxy) && LOAD(guest_calls) && LOAD(guest_judges) &&
           LOAD(guest_names) && LOAD(guest_checker);
}

/* Loads our modules and lets them import what programs are likely to use; 1 = numpy is there. */
static int preload(struct warm *w)
{
    guest = PyDict_New();
    if (!guest || PyDict_SetItemString(guest, "__builtins__", PyEval_GetBuiltins()) < 0 ||
        !LOAD(guest_wire) || !LOAD(guest_values) || !LOAD(guest_numpy) || !LOAD(guest_sympy) ||
        !LOAD(guest_program) || !LOAD(guest_explain) ||
        !(w->checker ? load_checker() : load_candidate()))
        return python_failed(w);
    PyObject *args = Py_BuildValue("(ii)", w->checker, w->numeric);
    PyObject *numeric = call_guest("preload", args);
    Py_XDECREF(args);
    if (!numeric)
        return python_failed(w);
    if (PyObject_IsTrue(numeric))
        w->layers |= BOX_LAYER_NUMERIC;
    random_ = PyDict_GetItemString(guest, "seed_random");
    if (w->checker && PySys_AddAuditHook(watch_evaluation, NULL) < 0)
        return python_failed(w);
    Py_DECREF(numeric);
    return 0;
}

int warm_start_python(struct warm *w)
{
    int rc = prepare_streams();
    if (rc < 0)
        return warm_fail(w, -rc, "pipe");
    if ((rc = initialize(w)) < 0)
        return rc;
    if ((rc = warm_where_prepare()) < 0)
        return warm_fail(w, -rc, "sigaction");
    PyGC_Disable(); /* nothing of what is loaded now is garbage */
    if ((rc = preload(w)) < 0 || (rc = rehearse(w)) < 0)
        return rc;
    PyGC_Enable();
    PyRun_SimpleString("import gc; gc.collect(); gc.freeze()");
    snprintf(w->text, sizeof w->text, "Python %s", PYTHON_VERSION);
    return 0;
}

/* ---- in the run ---- */

/* The input of the blob as a list of bytes objects. Trusts its lengths: hrm wrote them. */
static PyObject *read_input(const struct box_blob *blob)
{
    const char *p = (const char *)(blob + 1), *end = p + blob->input_len;
    PyObject *list = PyList_New(0);
    while (list && p < end) {
        uint32_t n;
        memcpy(&n, p, sizeof n);
        PyObject *item = PyBytes_FromStringAndSize(p + sizeof n, n);
        if (!item || PyList_Append(list, item) < 0)
            return NULL;
        Py_DECREF(item);
        p += sizeof n + n;
    }
    return list;
}

/* `list` of bytes objects into the blob, as far as they fit. */
static void write_report(struct box_blob *blob, PyObject *list)
{
    char *start = (char *)blob + blob->report_off, *p = start, *end = p + blob->report_cap;
    for (Py_ssize_t i = 0; PyList_Check(list) && i < PyList_GET_SIZE(list); i++) {
        PyObject *item = PyList_GET_ITEM(list, i);
        if (!PyBytes_Check(item) || end - p < PyBytes_GET_SIZE(item) + 4)
            break;
        uint32_t n = (uint32_t)PyBytes_GET_SIZE(item);
        memcpy(p, &n, sizeof n);
        memcpy(p + sizeof n, PyBytes_AS_STRING(item), n);
        p += sizeof n + n;
    }
    blob->report_len = (uint64_t)(p - start);
}

/* Compiles and runs a program as __main__. NULL = it raised. */
static PyObject *run_main(PyObject *source)
{
    PyObject *main_dict = PyModule_GetDict(PyImport_AddModule("__main__"));
    PyObject *compile = PyDict_GetItemString(PyEval_GetBuiltins(), "compile");
    PyObject *code =
        PyObject_CallFunction(compile, "OssOO", source, "main.py", "exec", Py_False, Py_True);
    return code ? PyEval_EvalCode(code, main_dict, main_dict) : NULL;
}

/* The exception that is set, normalised, or None. */
static PyObject *take_exception(void)
{
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    if (!type)
        return Py_NewRef(Py_None);
    PyErr_NormalizeException(&type, &value, &trace);
    if (trace)
        PyException_SetTraceback(value, trace);
    return value;
}

/* Calls a guest function that returns (exit status, report) and writes the report. */
static int call_and_report(const char *name, PyObject *args, struct box_blob *blob)
{
    int status = 1;
    PyObject *list, *result = call_guest(name, args);
    if (result && PyArg_ParseTuple(result, "iO", &status, &list))
        write_report(blob, list);
    return status;
}

int warm_python_run(const struct box_request *rq, struct box_blob *blob)
{
    warm_where_blob(blob);
    PyObject *input = read_input(blob);
    if (!input || !PyObject_CallFunction(random_, "K", (unsigned long long)rq->seed))
        return 1;
    if (rq->job == BOX_PROGRAM) {
        PyObject *done = run_main(PyList_GetItem(input, 0));
        PyObject *exc = done ? Py_NewRef(Py_None) : take_exception();
        return call_and_report("finish", Py_BuildValue("(OO)", exc, input), blob);
    }
    const char *name = rq->job == BOX_CHECK      ? "check"
                       : rq->job == BOX_TOGETHER ? "together"
                                                 : "serve";
    return call_and_report(name, Py_BuildValue("(iO)", BOX_RPC_FD, input), blob);
}
