// Charts as SVG text, the same bytes for the same data.
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** One bar: a panel of the chart, a series (place and colour) and a length. */
export interface Bar {
  panel: string;
  series: string;
  value: number;
}

export interface BarChartOptions {
  title: string;
  subtitle: string;
  /** What `value` counts, for the axis. */
  unit: string;
  /** Series in drawing order, with their colours. */
  series: readonly { name: string; colour: string }[];
  /** Logarithmic lengths. */
  log?: boolean;
}

const BAR_HEIGHT = 18;
const LEGEND_STEP = 80;

/** Horizontal grouped bars, one panel below the other, the value written behind each bar. */
export function barChart(bars: readonly Bar[], options: BarChartOptions): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const panels = [...new Set(bars.map((bar) => bar.panel))];
  const widest = Math.max(...bars.map((bar) => bar.value), 1);
  const smallest = options.log ? 0.8 : 0;
  const plot = Plot.plot({
    document: document as never,
    width: 860,
    height: 60 + panels.length * (2 + BAR_HEIGHT * options.series.length),
    marginLeft: 70,
    marginRight: 190,
    marginTop: 30,
    style: { fontFamily: "system-ui, sans-serif", fontSize: "11px", background: "white" },
    x: {
      type: options.log ? "log" : "linear",
      label: options.unit,
      domain: [smallest, widest * 1.3],
      grid: true,
      ticks: 6,
      tickFormat: options.log ? "~s" : undefined,
    },
    y: { label: null, domain: options.series.map((one) => one.name) },
    fy: { label: null, domain: panels },
    color: { domain: options.series.map((one) => one.name), range: options.series.map((one) => one.colour) },
    marks: [
      Plot.rectX(bars, {
        x1: smallest,
        x2: (bar: Bar) => Math.max(bar.value, smallest),
        y: "series",
        fy: "panel",
        fill: "series",
        inset: 1,
      }),
      Plot.text(bars, {
        x: (bar: Bar) => Math.max(bar.value, smallest),
        y: "series",
        fy: "panel",
        text: (bar: Bar) => bar.value.toLocaleString("en-US", { maximumFractionDigits: 1 }),
        textAnchor: "start",
        dx: 4,
      }),
    ],
  });
  return finish(plot, document, options);
}

export interface Point {
  panel: string;
  series: string;
  x: number;
  y: number;
}

export interface LineChartOptions {
  title: string;
  subtitle: string;
  /** What x counts, for the axis. */
  x: string;
  series: readonly { name: string; colour: string }[];
}

/** Lines over a logarithmic x, one panel beside the other, each with its own panel's y from 0 on. */
export function lineChart(points: readonly Point[], options: LineChartOptions): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const panels = [...new Set(points.map((point) => point.panel))];
  const plot = Plot.plot({
    document: document as never,
    width: 960,
    height: 300,
    marginLeft: 60,
    marginRight: 30,
    marginTop: 64,
    style: { fontFamily: "system-ui, sans-serif", fontSize: "11px", background: "white" },
    x: { type: "log", label: options.x, grid: true, ticks: 4, tickFormat: "~s" },
    y: { label: null, domain: [0, Math.max(...points.map((point) => point.y)) * 1.1], grid: true },
    fx: { label: null, domain: panels },
    color: {
      domain: options.series.map((one) => one.name),
      range: options.series.map((one) => one.colour),
    },
    marks: [
      Plot.line(points, { x: "x", y: "y", fx: "panel", stroke: "series", strokeWidth: 2 }),
      Plot.dot(points, { x: "x", y: "y", fx: "panel", fill: "series", r: 3 }),
    ],
  });
  return finish(plot, document, options, options.series);
}

export interface TimeChartOptions {
  title: string;
  subtitle: string;
  /** What x counts, for the axis. */
  x: string;
  logX?: boolean;
  logY?: boolean;
  /** Dots instead of lines. */
  dots?: boolean;
  series: readonly { name: string; colour: string }[];
  /** A line at some y, with what it stands for. */
  rule?: { y: number; label: string };
}

/** Lines or dots over time or anything else that x may be; panels, if there are any, beside one another. */
export function timeChart(
  points: readonly { panel?: string; series: string; x: number; y: number }[],
  options: TimeChartOptions,
): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const { rule } = options;
  const panelled = points.some(({ panel }) => panel !== undefined);
  const channels = { x: "x", y: "y", ...(panelled ? { fx: "panel" } : {}) };
  const plot = Plot.plot({
    document: document as never,
    width: 960,
    height: 360,
    marginLeft: 60,
    marginRight: 30,
    marginTop: 70,
    style: { fontFamily: "system-ui, sans-serif", fontSize: "11px", background: "white" },
    x: {
      type: options.logX ? "log" : "linear",
      label: options.x,
      grid: true,
      ...(options.logX ? { ticks: 4, tickFormat: "~s" } : {}),
    },
    y: {
      type: options.logY ? "log" : "linear",
      label: null,
      grid: true,
      ...(options.logY ? { ticks: 5, tickFormat: "~s" } : {}),
    },
    ...(panelled ? { fx: { label: null, domain: [...new Set(points.map(({ panel }) => panel))] } } : {}),
    color: {
      domain: options.series.map((one) => one.name),
      range: options.series.map((one) => one.colour),
    },
    marks: [
      options.dots
        ? Plot.dot(points, { ...channels, fill: "series", r: 2 })
        : Plot.line(points, { ...channels, stroke: "series", strokeWidth: 2 }),
      ...(rule
        ? [
            Plot.ruleY([rule.y], { stroke: "gray", strokeDasharray: "4 3" }),
            Plot.text([rule], { y: "y", text: "label", frameAnchor: "right", dy: -7, fill: "gray" }),
          ]
        : []),
    ],
  });
  return finish(plot, document, options, options.series);
}

/** The chart as text, with its heading and below that the names of `legend` in their colours. */
function finish(
  plot: SVGSVGElement | HTMLElement,
  document: Document,
  options: { title: string; subtitle: string },
  legend: readonly { name: string; colour: string }[] = [],
): string {
  const svg = plot.tagName.toLowerCase() === "svg" ? plot : plot.querySelector("svg");
  if (!svg) throw new Error("the plot library drew no SVG");
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const write = (text: string, x: number, y: number, size: number, colour: string) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", "text");
    const attributes = { x, y, "text-anchor": "start", "font-size": size, "font-weight": 600, fill: colour };
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
    element.textContent = text;
    (svg as unknown as { appendChild(child: unknown): void }).appendChild(element);
  };
  write(`${options.title} - ${options.subtitle}`, 8, 16, 14, "black");
  legend.forEach(({ name, colour }, index) => write(name, 8 + index * LEGEND_STEP, 32, 12, colour));
  return `${svg.outerHTML}\n`;
}
