// What browser tests share: a study, the program serving it, a browser, and the watch over what a
// page must never do. Tests end everything they start (after hooks of each file).
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

export const ALSTRACK = process.env.ALSTRACK_BINARY;
export const ROOT = process.env.ALSTRACK_ROOT;
// Holds each script back so long, which shows tests that do not wait for it: ALSTRACK_SLOW_MS=400 tests/browser/run ...
const SLOW_MS = Number(process.env.ALSTRACK_SLOW_MS ?? 0);
export const TODAY = "2014-06-01"; // a day on which the sample study has visits due and overdue
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// Run the program; its standard output. Fails the test when the program fails.
export function alstrack(study, ...args) {
    const done = spawnSync(ALSTRACK, args, {
        env: { ...process.env, ALSTRACK_DB: study, ALSTRACK_USER: "tester" },
        encoding: "utf8",
    });
    assert.equal(done.status, 0, `alstrack ${args.join(" ")}: ${done.stderr}`);
    return done.stdout;
}

// The sample study of a trial, in a folder of its own.
export function makeStudy(trial = "bioinova-nct03828123") {
    const folder = mkdtempSync(join(process.env.TMPDIR ?? tmpdir(), "alstrack-browser-"));
    const study = join(folder, "study.db");
    const samples = join(ROOT, "samples", trial);
    alstrack(study, "init", study, "--protocol", join(ROOT, "samples", "protocols", `${trial}.yaml`));
    for (const kind of ["patients", "events", "visits", "alsfrs", "fvc", "norris", "ae"])
        alstrack(study, "import", kind, join(samples, `${kind}.csv`));
    return { study, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

// Start `alstrack serve`; resolves when it answers. link: the one-time link or the page's address.
export function serve(study, ...options) {
    const today = options.includes("--as-of") ? [] : ["--as-of", TODAY];
    const child = spawn(ALSTRACK, ["serve", ...today, ...options], {
        env: { ...process.env, ALSTRACK_DB: study, ALSTRACK_USER: "tester" },
        stdio: ["ignore", "ignore", "pipe"],
    });
    let messages = "";
    const ended = new Promise((resolve) => child.on("exit", (code, signal) => resolve({ code, signal })));
    return new Promise((resolve, reject) => {
        child.stderr.setEncoding("utf8");
        child.stderr.on("data", (text) => {
            messages += text;
            const link = /^open (\S+)$/m.exec(messages);
            if (!link || !/^end with/m.test(messages)) return;
            resolve({
                link: link[1],
                base: new URL(link[1]).origin,
                messages: () => messages,
                // How it ended: a sanitizer's report is a failure of the test that stops it.
                stop: async () => {
                    child.kill("SIGTERM");
                    const { code, signal } = await ended;
                    assert.equal(signal, null, messages);
                    assert.equal(code, 0, messages);
                },
            });
        });
        ended.then(({ code }) => reject(new Error(`serve ended with ${code}: ${messages}`)));
    });
}

export function launch() {
    return chromium.launch({
        executablePath: process.env.ALSTRACK_CHROMIUM,
        // The sandbox of Chromium needs a user that is not root.
        args: [
            ...(process.getuid() === 0 ? ["--no-sandbox"] : []),
            "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync",
        ],
    });
}

// A browser that has come in by the link, and a list of all that went wrong on its pages: errors of
// scripts, violations of the content policy, requests to elsewhere, requests that failed.
export async function enter(browser, server, options = {}) {
    const context = await browser.newContext({ baseURL: server.base, ...options });
    const trouble = [];
    context.on("page", (page) => watch(page, server, trouble));
    const page = await context.newPage();
    await page.goto(server.link);
    return { context, page, trouble };
}

export function watch(page, server, trouble) {
    if (SLOW_MS) page.route("**/*.js", (route) => setTimeout(() => route.continue(), SLOW_MS));
    page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) trouble.push(`${page.url()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => trouble.push(`${page.url()}: ${error.message}`));
    page.on("request", (request) => {
        const url = new URL(request.url());
        if (url.protocol !== "data:" && url.origin !== server.base) trouble.push(`${page.url()}: asks ${url}`);
    });
    page.on("requestfailed", (request) => {
        if (request.failure()?.errorText !== "net::ERR_ABORTED")
            trouble.push(`${request.url()}: ${request.failure()?.errorText}`);
    });
}

// Click, and wait until the page this leads to has run its scripts: a click alone ends when the next
// page begins to arrive.
export async function click(locator) {
    await locator.click();
    await locator.page().waitForLoadState();
}

// Accessibility: every rule of WCAG 2.2 A and AA, and best practices. One text for each violation.
export async function axe(page) {
    await page.evaluate(AXE); // through the debugger: the content policy stays in force
    // A bar that stays in sight lies over what can be scrolled away from under it.
    await page.evaluate(() => { for (const bar of document.querySelectorAll(".bar")) bar.style.position = "static"; });
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }));
    return violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html).slice(0, 3).join(" | ")}`);
}

// The rows of src/web/routes.c: method, pattern, flags.
export function routes() {
    const text = readFileSync(join(ROOT, "src", "web", "routes.c"), "utf8");
    const rows = [...text.matchAll(/\{\s*ALS_(GET|POST),\s*"([^"]+)",\s*\w+,\s*\w+,\s*([^}]*)\}/g)];
    assert.ok(rows.length > 0, "routes.c has rows");
    return rows.map(([, method, pattern, flags]) => ({
        method, pattern,
        isPublic: /\bPUBLIC\b/.test(flags),
        isPart: /\bPART\b/.test(flags),
        fits: new RegExp(`^${pattern.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`),
    }));
}

// The first row that fits a path, as the server finds it.
export function routeOf(path, method = "GET") {
    return routes().find((route) => route.method === method && route.fits.test(path));
}

// Every page that links lead to from the first one: at most `each` addresses of one route are given,
// and up to `deep` are read for links, for some are on few pages only (adverse events of a patient who
// had any). Routes met least come first.
export async function* walk(page, { each = 2, deep = 15, from = "/" } = {}) {
    const times = new Map(), known = new Set([from]);
    const queue = [{ path: from, route: routeOf(from) }];
    const rank = ({ route }) => times.get(route.pattern) ?? 0;
    while (queue.length) {
        const least = queue.reduce((best, item, i) => (rank(item) < rank(queue[best]) ? i : best), 0);
        const [item] = queue.splice(least, 1);
        if (rank(item) >= deep) continue;
        times.set(item.route.pattern, rank(item) + 1);
        const answer = await page.goto(item.path);
        assert.equal(answer.status(), 200, item.path);
        for (const link of await page.$$eval("a[href]:not([download])", (all) => all.map((a) => a.href))) {
            const url = new URL(link), path = url.pathname + url.search, route = routeOf(url.pathname);
            if (url.origin !== new URL(page.url()).origin || known.has(path) || !route || route.isPart) continue;
            known.add(path);
            queue.push({ path, route });
        }
        if (rank(item) <= each) yield item;
    }
}

// Does the page fit a narrow window without scrolling sideways? (Tables scroll in boxes of their own.)
export function overflow(page) {
    return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
