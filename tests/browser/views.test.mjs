// What the pages show: the same as the program, to those who may see it.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { alstrack, axe, click, enter, launch, makeStudy, ROOT, serve, walk } from "./lib.mjs";

const PASSWORD = "correct horse battery";
const trial = "bioinova-nct03828123";

// The sample study at two sites: patients with an odd number in Prague, the others in Brno; and a
// user of each kind that matters here.
function twoSites() {
    const own = makeStudy();
    const folder = dirname(own.study);
    const protocol = join(folder, "two-sites.yaml");
    writeFileSync(protocol, readFileSync(join(ROOT, "samples/protocols", `${trial}.yaml`), "utf8")
        .replace(/( *)- \{code: PRG, name: Prague\}/, "$&\n$1- {code: BRN, name: Brno}")
        .replace(/version: "1.0"/, 'version: "1.1"'));
    alstrack(own.study, "protocol", "amend", protocol, "--reason", "a second site");
    const patients = join(folder, "patients.csv");
    writeFileSync(patients, readFileSync(join(ROOT, "samples", trial, "patients.csv"), "utf8")
        .split("\n").map((line) => line.replace(/^(BIO-\d*[02468]),PRG,/, "$1,BRN,")).join("\n"));
    alstrack(own.study, "import", "patients", patients, "--reason", "moved to the second site");
    const password = join(folder, "password.txt");
    writeFileSync(password, `${PASSWORD}\n`);
    alstrack(own.study, "user", "add", "anna", "--role", "admin", "--full-name", "Anna Nova",
        "--new-password-file", password);
    const as = ["--user", "anna", "--password-file", password];
    alstrack(own.study, "user", "add", "brno", "--role", "coordinator", "--site", "BRN",
        "--full-name", "Bedrich Novak", "--new-password-file", password, ...as);
    alstrack(own.study, "user", "add", "rita", "--role", "read-only", "--full-name", "Rita Only",
        "--new-password-file", password, ...as);
    return { ...own, as };
}

let study, server, browser;
before(async () => {
    study = twoSites();
    server = await serve(study.study);
    browser = await launch();
});
after(async () => {
    await browser?.close();
    await server?.stop();
    study?.remove();
});

async function login(name, at = server, options = {}) {
    const visit = await enter(browser, at, options);
    await visit.page.getByLabel("User").fill(name);
    await visit.page.getByLabel("Password").fill(PASSWORD);
    await click(visit.page.getByRole("button", { name: "Log in" }));
    await visit.page.locator(".who").waitFor();
    return visit;
}

test("a coordinator finds nothing of another site on any page", async () => {
    const { page, context } = await login("brno", server, { javaScriptEnabled: false });
    const found = [];
    let pages = 0;
    for await (const { path } of walk(page, { each: 4 })) {
        pages++;
        const text = await (await context.request.get(server.base + path)).text();
        for (const match of text.matchAll(/BIO-\d*[13579]\b/g)) found.push(`${path}: ${match[0]}`);
    }
    assert.ok(pages > 15, `${pages} pages`);
    assert.deepEqual(found, []);
    for (const path of ["/patients/BIO-05", "/patients/BIO-05/chart.svg", "/patients/BIO-05/eligibility",
        "/audit?patient=BIO-05"])
        assert.equal((await context.request.get(server.base + path)).status(), 403, path);
});

test("one who may only look is shown nothing to change and gets no further by asking", async () => {
    const { page, context } = await login("rita");
    for await (const { path } of walk(page, { each: 1 }))
        assert.deepEqual(await page.$$eval("form[method=post]", (forms) => forms
            .filter((form) => [...form.elements].some((e) => e.type !== "hidden" && !e.matches("fieldset, :disabled")))
            .map((form) => new URL(form.action).pathname)
            .filter((action) => !["/logout", "/account", "/audit/verify"].includes(action))), [], path);
    const token = await page.locator(".who input[name=token]").inputValue();
    for (const path of ["/locks", "/users", "/exports/csv", "/patients/BIO-05/eligibility"]) {
        const answer = await context.request.post(server.base + path, {
            form: { token, patient: "BIO-05", action: "lock" },
            headers: { Origin: server.base },
        });
        assert.equal(answer.status(), 403, path);
    }
});

test("the pages of users and of one's account are accessible", async () => {
    const { page, trouble } = await login("anna");
    for (const path of ["/users", "/users/brno", "/account"]) {
        await page.goto(path);
        assert.deepEqual(await axe(page), [], path);
    }
    assert.deepEqual(trouble, []);
});

test("an admin adds a user, who can then log in", async () => {
    const { page } = await login("anna");
    await page.goto("/users");
    await page.getByLabel("Login name").fill("dana");
    await page.getByLabel("Full name").fill("Dana Manager");
    await page.getByLabel("Role").selectOption("data-manager");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByLabel("Password again").fill("another password");
    await click(page.getByRole("button", { name: "Add the user" }));
    assert.match(await page.getByRole("alert").innerText(), /passwords differ/);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByLabel("Password again").fill(PASSWORD);
    await click(page.getByRole("button", { name: "Add the user" }));
    assert.match(await page.getByRole("status").innerText(), /Saved as change \d+/);
    const dana = await login("dana");
    assert.match(await dana.page.locator(".who").innerText(), /dana\s+data-manager/);
});

test("a lock is put on and taken off with a reason, and the whole study only by its code", async () => {
    const { page } = await login("anna");
    await page.goto("/locks");
    await click(page.getByRole("button", { name: "Lock", exact: true }));
    assert.match(await page.getByRole("alert").innerText(), /name the patient, or type the code/);
    await page.getByLabel("Patient").fill("BIO-04");
    await page.getByLabel("Visit").fill("MN3");
    await click(page.getByRole("button", { name: "Lock", exact: true }));
    assert.match(await page.locator("table").first().innerText(), /visit MN3 of BIO-04\s+anna/);
    await page.getByLabel("Patient").fill("BIO-04");
    await page.getByLabel("Visit").fill("MN3");
    await click(page.getByRole("button", { name: "Unlock" }));
    assert.match(await page.getByRole("alert").innerText(), /needs a reason/);
    await page.getByLabel("Reason").fill("a slip");
    await click(page.getByRole("button", { name: "Unlock" }));
    assert.match(await page.locator("main").innerText(), /Nothing is locked/);
});

test("the patient's page shows the curve and the slope of the program", async () => {
    const { page } = await login("anna");
    await page.goto("/patients/BIO-05");
    const chart = page.locator(".chart img");
    assert.ok(await chart.evaluate(async (image) => { await image.decode(); return image.naturalWidth; }) > 400);
    const [head, row] = alstrack(study.study, "analyze", "slopes", "--patient", "BIO-05", "--as-of", "2014-06-01",
        "--format", "csv", ...study.as).trim().split("\n");
    const slope = Number(row.split(",")[head.split(",").indexOf("slope")]);
    const shown = await page.locator("table", { hasText: "Rate of change" }).innerText();
    assert.ok(shown.includes(slope.toFixed(3)), `${slope} in ${shown}`);
});

test("on a phone nothing of a patient lies beside the screen: each row of a table is a card", async () => {
    const { page } = await login("anna");
    await page.setViewportSize({ width: 390, height: 800 });
    await page.goto("/patients/BIO-10");
    const slope = page.locator("[data-column^='slope']").first();
    assert.match(await slope.innerText(), /-\d\.\d/);
    for (const cell of await page.locator("main td").all()) {
        const box = await cell.boundingBox();
        assert.ok(!box || box.x + box.width <= 390, await cell.innerText());
    }
    assert.match(await page.getByRole("table", { name: /Milestones/ }).getByRole("row", { name: /infusion/ }).innerText(),
        /15000000\s/, "cells are not rounded");
});

test("the matrix has a row for each patient and says each state in words", async () => {
    const { page } = await login("anna");
    await page.goto("/matrix");
    assert.equal(await page.locator("tbody tr").count(), 26);
    assert.equal(await page.getByRole("link", { name: /^BIO-05 MN9: not done, 2014-03-04$/ }).count(), 1);
    await page.getByLabel("Site").selectOption("BRN");
    await click(page.getByRole("button", { name: "Show" }));
    assert.equal(await page.locator("tbody tr").count(), 13);
});

test("a decision on eligibility is kept, and changing it needs a reason", async () => {
    const { page } = await login("anna");
    await page.goto("/patients/BIO-05/eligibility");
    await page.getByLabel("coagulopathy").selectOption("no");
    await click(page.getByRole("button", { name: "Save the decisions" }));
    assert.match(await page.locator("tr", { hasText: "Coagulopathy" }).innerText(), /pass/);
    await page.getByLabel("coagulopathy").selectOption("yes");
    await click(page.getByRole("button", { name: "Save the decisions" }));
    await page.getByRole("alert").waitFor();
    await page.getByLabel("coagulopathy").selectOption("yes");
    await page.getByLabel("Reason").fill("seen in the laboratory's report");
    await click(page.getByRole("button", { name: "Save the decisions" }));
    assert.match(await page.locator("tr", { hasText: "Coagulopathy" }).innerText(), /fail/);
});

test("downloads arrive whole, and are written down", async () => {
    const { page } = await login("anna");
    await page.goto("/exports");
    const [zip] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Download as ZIP" }).click(),
    ]);
    assert.equal(zip.suggestedFilename(), `${trial}-2014-06-01.zip`);
    const bytes = readFileSync(await zip.path());
    assert.equal(bytes.subarray(0, 2).toString(), "PK");
    assert.ok(bytes.includes(Buffer.from(`${trial}/manifest.json`)));
    await page.getByLabel("Instrument").selectOption("alsfrs");
    const [csv] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Download as CSV" }).click(),
    ]);
    const lines = readFileSync(await csv.path(), "utf8").trim().split("\n");
    assert.match(lines[0], /^patient,/);
    assert.ok(lines.length > 40, `${lines.length} lines`);
    const log = alstrack(study.study, "audit", "access", "--format", "csv", ...study.as);
    assert.match(log, /anna,.*export.*csv as zip/);
    assert.match(log, /anna,.*export.*alsfrs: \d+ rows/);
});

test("the trail and the log of access are shown by user and day", async () => {
    const { page } = await login("anna");
    await page.goto("/audit");
    const users = () => page.locator("tbody tr td:nth-child(3)").allInnerTexts();
    const all = await users();
    await page.getByLabel("User").fill("anna");
    await click(page.getByRole("button", { name: "Show" }));
    assert.deepEqual(new Set(await users()), new Set(["anna"]));
    assert.ok((await users()).length < all.length);
    await page.getByLabel("To").fill("2000-01-01");
    await click(page.getByRole("button", { name: "Show" }));
    assert.deepEqual(await users(), []);
    await click(page.getByRole("link", { name: "Log of access" }));
    assert.match(await page.locator("tbody").innerText(), /anna\s+login/);
    assert.deepEqual(await axe(page), []);
    const { page: rita } = await login("rita");
    assert.equal((await rita.goto("/audit/access")).status(), 403);
});

test("the worklist leaves as a calendar", async () => {
    const { context } = await login("anna");
    const answer = await context.request.get(`${server.base}/worklist.ics`);
    assert.match(answer.headers()["content-type"], /^text\/calendar/);
    assert.match(await answer.text(), /^BEGIN:VCALENDAR\r\n[\s\S]*END:VCALENDAR\r\n$/);
});

test("the trail verifies, and its head is shown", async () => {
    const { page } = await login("anna");
    await page.goto("/audit");
    assert.match(await page.locator(".digest").innerText(), /[0-9a-f]{64}/);
    await click(page.getByRole("button", { name: "Verify the trail" }));
    assert.match(await page.locator("main").innerText(), /The trail and the tables agree/);
});

// Queries are dated by the real clock, so these look at the study of some later day.
async function today(t) {
    const late = await serve(study.study, "--as-of", "2100-01-01");
    t.after(() => late.stop());
    return late;
}

test("a query is answered, closed and opened again, with what was said", async (t) => {
    const late = await today(t);
    const { page, trouble } = await login("anna", late);
    await page.goto("/queries?state=open");
    assert.deepEqual(await axe(page), []);
    const name = await page.locator("tbody th").first().innerText();
    await click(page.getByRole("link", { name, exact: true }));
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(trouble, []);
    await click(page.getByRole("button", { name: "Answer" }));
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Text").fill("the source says so");
    await click(page.getByRole("button", { name: "Answer" }));
    assert.match(await page.locator("main").innerText(), /answered\s[\s\S]*anna\s+the source says so/);
    await click(page.getByRole("button", { name: "Close" }));
    await page.getByLabel("Text").fill("not convinced");
    await click(page.getByRole("button", { name: "Reopen" }));
    const steps = await page.locator("tbody th").allInnerTexts();
    assert.deepEqual(steps, ["opened", "answered", "closed", "reopened"]);
    const rita = await login("rita", late);
    await rita.page.goto(`/queries/${name}`);
    assert.equal(await rita.page.getByLabel("Text").count(), 0, "who may only look says nothing");
});

test("the matrix marks visits with an open query", async (t) => {
    const { page } = await login("anna", await today(t));
    await page.goto("/matrix");
    assert.ok(await page.getByRole("link", { name: /open query$/ }).count() > 3);
});

test("forms that were begun wait on the worklist of whoever began them", async () => {
    const { page } = await login("anna");
    await page.goto("/patients/BIO-08/visits/MN6/alsfrs");
    await page.keyboard.press("4");
    await click(page.getByRole("button", { name: "Keep as draft" }));
    await page.goto("/");
    assert.match(await page.locator("main").innerText(), /Your drafts\s+BIO-08 MN6 alsfrs, touched/);
    const rita = await login("rita");
    assert.doesNotMatch(await rita.page.locator("main").innerText(), /Your drafts/);
});
