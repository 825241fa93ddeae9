// The page as such: coming in, content policy, no script, accessibility, narrow windows.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { alstrack, axe, click, enter, launch, makeStudy, overflow, routes, serve, walk } from "./lib.mjs";

let study, server, browser;
before(async () => {
    study = makeStudy();
    server = await serve(study.study);
    browser = await launch();
});
after(async () => {
    await browser?.close();
    await server?.stop();
    study?.remove();
});
const met = new Set(); // patterns of pages that links led to, without users and with them
let visitor; // the one browser that the link lets in; tests below use its cookie
const open = async (options = {}) => {
    visitor ??= await enter(browser, server);
    const state = await visitor.context.storageState();
    return enter(browser, { ...server, link: `${server.base}/` }, { storageState: state, ...options });
};

test("the link lets one browser in, once", async () => {
    const { page, trouble } = await open();
    assert.equal(await page.locator("h1").count(), 1);
    assert.match(await page.locator(".who").innerText(), /tester/);
    const late = await enter(browser, server);
    assert.match(await late.page.locator("h1").innerText(), /Not permitted/);
    await late.page.goto(`${server.base}/`);
    assert.match(await late.page.locator("h1").innerText(), /Not logged in/);
    await late.context.close();
    assert.deepEqual(trouble, []);
});

test("the cookie is out of reach of scripts", async () => {
    const { page, context } = await open();
    assert.equal(await page.evaluate(() => document.cookie), "");
    const [cookie] = await context.cookies();
    assert.equal(cookie.httpOnly, true);
    assert.equal(cookie.sameSite, "Strict");
});

test("every page that links lead to is accessible, fits a phone and keeps the content policy", async (t) => {
    const { page, trouble } = await open();
    const found = [];
    for await (const { path, route } of walk(page)) {
        met.add(route.pattern);
        for (const violation of await axe(page)) found.push(`${path}: ${violation}`);
        await page.setViewportSize({ width: 320, height: 640 });
        const wide = await overflow(page);
        if (wide > 0) found.push(`${path}: ${wide} pixels too wide at 320`);
        await page.setViewportSize({ width: 1280, height: 800 });
        t.diagnostic(path);
    }
    assert.deepEqual(found, []);
    assert.deepEqual(trouble, []);
});

test("every page works without scripts", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    for await (const { path } of walk(page, { each: 1 }))
        assert.equal(await page.locator("h1").count(), 1, path);
});

test("dark colours have enough contrast too", async () => {
    const { page } = await open({ colorScheme: "dark" });
    assert.deepEqual(await axe(page), []);
});

test("an injected script does not run", async () => {
    const { page } = await open();
    const ran = await page.evaluate(() => {
        const script = document.createElement("script");
        script.textContent = "window.injected = true";
        document.body.append(script);
        return Boolean(window.injected);
    });
    assert.equal(ran, false);
});

test("a page of another origin can neither frame nor post", async () => {
    const { context } = await open();
    const page = await context.newPage();
    await page.route("http://elsewhere.test/**", (route) => route.fulfill({
        contentType: "text/html",
        body: `<form id=f method=post action="${server.base}/logout"><input name=token value=x></form>
               <iframe src="${server.base}/"></iframe>`,
    }));
    await page.goto("http://elsewhere.test/");
    assert.notEqual(new URL(page.frames()[1].url()).protocol, "http:", "the frame shows an error of the browser");
    await page.locator("#f").evaluate((form) => form.submit());
    await page.waitForURL(`${server.base}/logout`);
    assert.match(await page.locator("h1").innerText(), /not|Not/);
    const still = await open();
    assert.match(await still.page.locator(".who").innerText(), /tester/, "nobody was logged out");
});

test("in a study with users people log in by name and password", async () => {
    const own = makeStudy();
    const password = `${own.study}.txt`;
    writeFileSync(password, "correct horse battery\n");
    alstrack(own.study, "user", "add", "anna", "--role", "admin", "--full-name", "Anna Nova",
        "--new-password-file", password);
    const users = await serve(own.study);
    try {
        const { page, trouble } = await enter(browser, users); // the link is the page's address now
        assert.match(page.url(), /\/login\?next=%2F$/);
        assert.deepEqual(await axe(page), []);
        await page.setViewportSize({ width: 320, height: 640 });
        assert.equal(await overflow(page), 0);
        await page.getByLabel("User").fill("anna");
        await page.getByLabel("Password").fill("wrong");
        trouble.length = 0;
        await page.keyboard.press("Enter");
        await page.getByRole("alert").waitFor();
        await page.waitForLoadState();
        assert.match(await page.getByRole("alert").innerText(), /unknown user or wrong password/);
        assert.ok(await page.getByRole("alert").evaluate((e) => e === document.activeElement), "focus on what is wrong");
        assert.deepEqual(await axe(page), []);
        await page.getByLabel("Password").fill("correct horse battery");
        await click(page.getByRole("button", { name: "Log in" }));
        assert.equal(new URL(page.url()).pathname, "/");
        assert.match(await page.locator(".who").innerText(), /anna\s+admin/);
        for await (const { path, route } of walk(page, { each: 1 })) {
            if (!met.has(route.pattern)) assert.deepEqual(await axe(page), [], path);
            met.add(route.pattern);
        }
    } finally {
        await users.stop();
        own.remove();
    }
});

test("a link leads to every page of the table", () => {
    const elsewhere = ["/queries/{patient}/{number}"]; // younger than this study's today: views.test.mjs
    const unmet = routes().filter((r) => r.method === "GET" && !r.isPart && !r.isPublic && !met.has(r.pattern) &&
        !elsewhere.includes(r.pattern));
    assert.deepEqual(unmet.map((r) => r.pattern), []);
});

test("logging out ends the session for good", async () => {
    const { page, context } = await open();
    const [cookie] = await context.cookies();
    await click(page.getByRole("button", { name: "Log out" }));
    assert.match(await page.locator("h1").innerText(), /Not logged in/);
    await context.addCookies([cookie]);
    await page.goto("/");
    assert.match(await page.locator("h1").innerText(), /Not logged in/);
});
