/* The figures of a curriculum: accuracy against N with a band over seeds, and accuracy by steps at
 * the largest N, a panel for each arm. */
#include "doc/figure.h"
#include "report/figures.h"

static const double PERCENT = 100;
enum { FEW_SIZES = 4 }; /* below: points, as no curve is known between them */

static void set_axes(struct figure_panel *p, const char *title, const char *x)
{
    p->title = title;
    p->x = (struct figure_axis){.name = x};
    p->y = (struct figure_axis){
        .name = "accuracy", .unit = "%", .scale = PERCENT, .digits = 1, .high = 100};
}

void figures_add_curves(struct doc *d, const struct analysis_learning *l)
{
    if (l->n_sizes < 2)
        return;
    struct analysis_part part = learning_trained(l);
    struct doc_figure *f = figure_add(d, l->n_sizes < FEW_SIZES ? FIGURE_POINTS : FIGURE_LINES,
                                      "learning-curves", "Learning curves", l->n_arms, l->n_orders);
    f->repeats = true;
    f->series_name = "order";
    for (size_t a = 0; a < l->n_arms; a++) {
        struct figure_panel *p = &f->panels[a];
        set_axes(p, l->arms[a], "training problems N, logarithmic");
        p->x.log2 = true;
        for (size_t o = 0; o < l->n_orders; o++) {
            p->series[o].name = l->orders[o];
            p->series[o].colour = (int)o;
            struct figure_point *point = figure_points(d, &p->series[o], l->n_sizes);
            for (size_t s = 0; s < l->n_sizes; s++) {
                point[s].x = l->sizes[s];
                point[s].y = learning_mean(l, a, o, s, part);
            }
        }
    }
    f->caption = arena_printf(d->arena,
                              "Accuracy on tests of %d to %d steps, as many as were trained on; "
                              "mean over up to n = %d training seeds with the 95 %% t-interval "
                              "over seeds.",
                              part.from, part.to, l->n_seeds);
    figure_finish(d, f);
}

void figures_add_learnt_steps(struct doc *d, const struct analysis_learning *l, size_t size)
{
    if (l->n_steps < 2)
        return;
    struct doc_figure *f =
        figure_add(d, FIGURE_POINTS, "learnt-steps",
                   arena_printf(d->arena, "Accuracy by number of steps, N = %d", l->sizes[size]),
                   l->n_arms, l->n_orders);
    f->series_name = "order";
    for (size_t a = 0; a < l->n_arms; a++) {
        struct figure_panel *p = &f->panels[a];
        set_axes(p, l->arms[a], "steps of the problem");
        for (size_t o = 0; o < l->n_orders; o++) {
            p->series[o].name = l->orders[o];
            p->series[o].colour = (int)o;
            struct figure_point *point = figure_points(d, &p->series[o], l->n_steps);
            for (size_t k = 0; k < l->n_steps; k++) {
                point[k].x = l->steps[k];
                point[k].y =
                    learning_mean(l, a, o, size, (struct analysis_part){l->steps[k], l->steps[k]});
            }
        }
    }
    f->caption =
        arena_printf(d->arena,
                     "Mean over up to n = %d training seeds with the 95 %% t-interval over "
                     "seeds. Problems of more than %d steps were never trained on.",
                     l->n_seeds, l->trained[1]);
    figure_finish(d, f);
}
