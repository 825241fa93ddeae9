/* gnuplot commands for places on a page and for panels. */
#include "canvas.h"

#include "alstrack/core/num.h"
#include "text.h"
#include "theme.h"

void als_canvas_number(struct als_buf *out, double value)
{
    char text[ALS_NUM_TEXT];
    als_buf_add(out, text, als_num_format(value, text));
}

static void add_share(const struct als_canvas *canvas, const char *name, double share)
{
    char text[ALS_NUM_TEXT];
    als_buf_text(canvas->out, name);
    als_buf_add(canvas->out, text, als_num_format_fixed(share, 6, text));
}

static void add_place(const struct als_canvas *canvas, double x, double y)
{
    add_share(canvas, "screen ", x / canvas->width);
    add_share(canvas, ",screen ", 1 - y / canvas->height);
}

void als_canvas_text(const struct als_canvas *canvas, double x, double y,
                     const struct als_style *style, const char *text)
{
    static const char *const sides[] = {"left", "center", "right"};
    als_buf_text(canvas->out, "set label ");
    als_text_quote(canvas->out, text);
    als_buf_text(canvas->out, " at ");
    add_place(canvas, x, y);
    als_buf_printf(canvas->out, " %s noenhanced front font '%s%s,%g' textcolor rgb '%s'\n",
                   sides[style->align], ALS_FONT, style->bold ? ":Bold" : "", style->size,
                   style->colour);
}

double als_canvas_text_within(const struct als_canvas *canvas, double x, double y, double room,
                              const struct als_style *style, const char *text)
{
    const char *fitting = als_text_fit(canvas->arena, text, style->size, style->bold, room);
    als_canvas_text(canvas, x, y, style, fitting);
    return als_text_width(fitting, style->size, style->bold);
}

void als_canvas_line(const struct als_canvas *canvas, double x1, double y1, double x2, double y2,
                     const struct als_stroke *stroke)
{
    als_buf_text(canvas->out, "set arrow from ");
    add_place(canvas, x1, y1);
    als_buf_text(canvas->out, " to ");
    add_place(canvas, x2, y2);
    als_buf_printf(canvas->out, " %s %s lc rgb '%s' lw %g dt %s\n",
                   stroke->arrow ? "head filled size screen 0.006,20" : "nohead",
                   stroke->behind ? "back" : "front", stroke->colour, stroke->width, stroke->dash);
}

void als_canvas_box(const struct als_canvas *canvas, double x1, double y1, double x2, double y2,
                    const char *fill, const char *edge)
{
    als_buf_text(canvas->out, "set object rectangle from ");
    add_place(canvas, x1, y2);
    als_buf_text(canvas->out, " to ");
    add_place(canvas, x2, y1);
    als_buf_printf(canvas->out, " behind fc rgb '%s' fs solid ", fill);
    if (edge)
        als_buf_printf(canvas->out, "border lc rgb '%s' lw 0.75\n", edge);
    else
        als_buf_text(canvas->out, "noborder\n");
}

void als_canvas_mark(const struct als_canvas *canvas, double x, double y, int point_type,
                     double size, const char *colour)
{
    als_buf_text(canvas->out, "set label '' at ");
    add_place(canvas, x, y);
    als_buf_printf(canvas->out, " front point pt %d ps %g*MARK lc rgb '%s'\n", point_type, size,
                   colour);
}

void als_canvas_begin(const struct als_canvas *canvas)
{
    als_buf_text(canvas->out, "set multiplot\nunset key\n");
}

void als_canvas_end(const struct als_canvas *canvas)
{
    als_buf_text(canvas->out, "unset multiplot\n");
}

double als_panel_x(const struct als_panel *panel, double x)
{
    return panel->left +
           (x - panel->x_low) / (panel->x_high - panel->x_low) * (panel->right - panel->left);
}

double als_panel_y(const struct als_panel *panel, double y)
{
    return panel->bottom -
           (y - panel->y_low) / (panel->y_high - panel->y_low) * (panel->bottom - panel->top);
}

bool als_panel_has_x(const struct als_panel *panel, double x)
{
    return x >= panel->x_low && x <= panel->x_high;
}

static void add_range(struct als_buf *out, const char *name, double low, double high)
{
    als_buf_printf(out, "set %s [", name);
    als_canvas_number(out, low);
    als_buf_char(out, ':');
    als_canvas_number(out, high);
    als_buf_text(out, "]\n");
}

void als_panel_begin(const struct als_canvas *canvas, const struct als_panel *panel)
{
    als_buf_printf(canvas->out,
                   "set lmargin at screen %.6f\nset rmargin at screen %.6f\n"
                   "set tmargin at screen %.6f\nset bmargin at screen %.6f\n",
                   panel->left / canvas->width, panel->right / canvas->width,
                   1 - panel->top / canvas->height, 1 - panel->bottom / canvas->height);
    add_range(canvas->out, "xrange", panel->x_low, panel->x_high);
    add_range(canvas->out, "yrange", panel->y_low, panel->y_high);
    als_buf_text(canvas->out, "unset xtics\nunset ytics\nunset grid\nunset border\n");
}

void als_panel_frame(const struct als_canvas *canvas)
{
    als_buf_printf(canvas->out, "set border 3 back lc rgb '%s' lw 0.75\n", ALS_RULE);
}

static void add_tics(const struct als_canvas *canvas, const char *axis, const char *format,
                     double low, double step, double high)
{
    als_buf_printf(canvas->out, "set %stics out nomirror ", axis);
    als_canvas_number(canvas->out, low);
    als_buf_char(canvas->out, ',');
    als_canvas_number(canvas->out, step);
    als_buf_char(canvas->out, ',');
    als_canvas_number(canvas->out, high);
    als_buf_printf(canvas->out,
                   " scale 0.4 offset %s format '%s' font '%s,10' textcolor rgb '%s'\n"
                   "set grid %stics back lt 1 lc rgb '%s' lw 0.75 dt solid\n",
                   axis[0] == 'y' ? "0.5,0" : "0,0", format, ALS_FONT, ALS_FAINT, axis, ALS_GRID);
}

void als_panel_y_tics(const struct als_canvas *canvas, double low, double step, double high)
{
    add_tics(canvas, "y", "%g", low, step, high);
}

void als_panel_x_tics(const struct als_canvas *canvas, double low, double step, double high)
{
    add_tics(canvas, "x", "", low, step, high);
}

/* Without data, a function that is nowhere defined makes gnuplot draw the panel's frame. */
void als_panel_end(const struct als_canvas *canvas, const struct als_panel *panel,
                   const char *plots)
{
    als_buf_text(canvas->out, "plot ");
    if (*plots) {
        als_buf_text(canvas->out, plots);
    } else {
        als_canvas_number(canvas->out, panel->y_low - (panel->y_high - panel->y_low));
        als_buf_text(canvas->out, " notitle");
    }
    als_buf_text(canvas->out, "\nunset label\nunset arrow\nunset object\n");
}
