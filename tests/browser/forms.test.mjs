// Forms: entering, correcting, drafts, conflicts; with and without scripts.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { TODAY, alstrack, axe, click, enter, launch, overflow, serve } from "./lib.mjs";
import { makeEmptyStudy, addPatient } from "./entry.mjs";

let study, server, browser, visitor;
before(async () => {
    study = makeEmptyStudy("mayo-nct01609283");
    for (let i = 1; i <= 30; i++) addPatient(study.study, `T${i}`, "RST");
    server = await serve(study.study);
    browser = await launch();
});
after(async () => {
    await browser?.close();
    await server?.stop();
    study?.remove();
});
const open = async (options = {}) => {
    visitor ??= await enter(browser, server);
    const storageState = await visitor.context.storageState();
    const entered = await enter(browser, { ...server, link: `${server.base}/` }, { storageState, ...options });
    entered.page.setDefaultTimeout(10000);
    return entered;
};
const form = (patient, instrument = "alsfrsr", visit = "MN3") => `/patients/${patient}/visits/${visit}/${instrument}`;
const choose = (page, item, value) => page.locator(`input[name="${item}"][value="${value}"]`).check();
const items = ["speech", "salivation", "swallowing", "handwriting", "cutting", "dressing", "turning",
    "walking", "stairs", "dyspnea", "orthopnea", "respiratory_insufficiency"];
// All items, without anything that a rule finds unusual.
const fill = async (page, value = 3) => {
    for (const item of items) await choose(page, item, item === "respiratory_insufficiency" ? 4 : value);
};
const save = (page) => click(page.getByRole("button", { name: "Save", exact: true }));
const confirm = async (page, why) => {
    for (const field of await page.getByLabel("It is right, because").all()) await field.fill(why);
    await save(page);
};
const heading = (page) => page.locator("h1").innerText();
const notice = (page) => page.locator(".notice").first().innerText();

test("a whole ALSFRS-R takes 13 keys, and is there after reloading", async (t) => {
    const { page, trouble } = await open();
    let keys = 0;
    const press = async (key) => { keys++; await page.keyboard.press(key); };
    await page.goto(form("T1"));
    assert.equal(await page.locator("input[name=date]").inputValue(), TODAY, "the visit is due today");
    for (const digit of "433343334444") await press(digit);
    await Promise.all([page.waitForURL("**/visits/MN3"), press("s")]);
    assert.match(await notice(page), /ALSFRS-R is saved\. Total 42\/48/);
    t.diagnostic(`${keys} keys`);
    assert.ok(keys <= 14, `${keys} keys`);
    await page.goto(form("T1"));
    assert.equal(await page.locator('input[name="salivation"]:checked').inputValue(), "3");
    assert.equal(await page.locator('input[name="cutting_form"]:checked').inputValue(), "a");
    assert.deepEqual(trouble, []);
});

test("the same form is filled in and saved without scripts", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await page.goto(form("T2"));
    await fill(page, 2);
    await save(page);
    assert.match(await notice(page), /saved\. Total 26\/48/);
    await page.goto(form("T2"));
    assert.equal(await page.locator('input[name="walking"]:checked').inputValue(), "2");
});

test("keys go back, say why there is no answer, and leave texts alone", async () => {
    const { page } = await open();
    await page.goto(form("T3"));
    await page.keyboard.press("4");
    await page.keyboard.press("4");
    await page.keyboard.press("Backspace");
    await page.keyboard.press("1");
    assert.equal(await page.locator('input[name="salivation"]:checked').inputValue(), "1");
    await page.keyboard.press("m");
    const why = page.locator('select[name="swallowing.reason"]');
    assert.equal(await why.isVisible(), true);
    await why.selectOption("refused");
    await page.locator("input[name=respondent]").pressSequentially("s4h");
    assert.equal(await page.locator("input[name=respondent]").inputValue(), "s4h");
});

test("totals come from the server while the form is filled in", async () => {
    const { page } = await open();
    await page.goto(form("T21"));
    for (const digit of "4444") await page.keyboard.press(digit);
    await page.waitForFunction(() => /16 so far \(4 of 12\)/.test(document.querySelector(".totals").textContent));
});

test("a draft is kept on the server and comes back after the browser was killed", async () => {
    const first = await launch();
    const storageState = await (visitor ??= await enter(browser, server)).context.storageState();
    const { page } = await enter(first, { ...server, link: `${server.base}/` }, { storageState });
    await page.goto(form("T4"));
    for (const digit of "321") await page.keyboard.press(digit);
    await page.waitForFunction(() => /Draft saved \d\d:\d\d:\d\d/.test(document.querySelector("[data-draft-state]").textContent));
    await first.close();
    const later = await open();
    await later.page.goto(form("T4"));
    assert.match(await notice(later.page), /Your draft of .* is shown/);
    assert.equal(await later.page.locator('input[name="swallowing"]:checked').inputValue(), "1");
    await fill(later.page, 3);
    await save(later.page);
    await later.page.goto(form("T4"));
    assert.equal(await later.page.getByText("Your draft of").count(), 0, "saving ends the draft");
});

test("a draft is kept by a button without scripts, and thrown away by another", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await page.goto(form("T5"));
    await choose(page, "walking", 0);
    await click(page.getByRole("button", { name: "Keep as draft" }));
    assert.equal(await page.locator('input[name="walking"]:checked').inputValue(), "0");
    await click(page.getByRole("button", { name: "Discard draft" }));
    assert.equal(await page.locator('input[name="walking"]:checked').count(), 0);
});

test("leaving with what no draft holds asks first", async () => {
    const { page } = await open();
    await page.route("**/draft", (route) => route.abort());
    await page.goto(form("T22"));
    await page.keyboard.press("4");
    let asked = 0;
    page.on("dialog", (dialog) => { asked++; dialog.accept(); });
    await page.goto("/patients");
    assert.equal(asked, 1);
});

test("what is no answer is refused beside its field, and what was typed stays", async () => {
    for (const javaScriptEnabled of [true, false]) {
        const { page } = await open({ javaScriptEnabled });
        await page.goto(form("T6", "fvc"));
        await page.locator("input[name=litres]").fill("33");
        await page.locator("input[name=date]").fill("2014-02-31");
        await save(page);
        const summary = page.locator("[data-error-summary]");
        assert.match(await summary.innerText(), /Best of the accepted blows: expected .*0\.1.*9/);
        assert.match(await summary.innerText(), /Date: expected a day/);
        assert.equal(await page.locator("input[name=litres]").inputValue(), "33");
        assert.equal(await page.locator("input[name=date]").inputValue(), "2014-02-31");
        if (javaScriptEnabled)
            assert.equal(await summary.evaluate((box) => box === document.activeElement), true);
        await click(summary.getByRole("link").last());
        assert.equal(new URL(page.url()).hash, "#litres");
        if (javaScriptEnabled) assert.deepEqual(await axe(page), []);
    }
});

test("a soft rule waits for a reason, which opens a query and answers it", async () => {
    const { page } = await open();
    await page.goto(form("T7"));
    await fill(page, 3);
    await choose(page, "respiratory_insufficiency", 2);
    await save(page);
    assert.match(await page.locator("[data-error-summary]").innerText(), /no non-invasive ventilation event.*say why it is right/);
    assert.deepEqual(await axe(page), []);
    await confirm(page, "seen by the rater");
    assert.match(await notice(page), /saved.*1 query was opened\.$/);
    const queries = JSON.parse(alstrack(study.study, "query", "list", "--patient", "T7", "--format", "json"));
    assert.ok(queries.length >= 1);
    assert.match(JSON.stringify(queries), /seen by the rater|answered/);
});

test("a correction needs a reason, and the history tells who, when, before, after and why", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await page.goto(form("T8"));
    await fill(page, 3);
    await save(page);
    await page.goto(form("T8"));
    await choose(page, "walking", 2);
    await save(page);
    assert.match(await page.locator("[data-error-summary]").innerText(), /stored value changes/);
    assert.equal(await page.locator('input[name="walking"]:checked').inputValue(), "2");
    await page.locator("select[name=why-code]").selectOption("transcription error");
    await page.locator("input[name=why-text]").fill("row misread");
    await save(page);
    assert.match(await notice(page), /corrected/);
    await page.goto(form("T8"));
    await click(page.getByRole("link", { name: "History of 8. Walking" }));
    const table = await page.locator("table").innerText();
    assert.match(table, /\(entry\)\s+3/);
    assert.match(table, /3 early difficulty\s+2 with assistance\s+transcription error: row misread/);
    assert.match(table, /tester/);
});

test("both wordings of item 5 keep their answer, and one is stored", async () => {
    const { page, trouble } = await open();
    await page.goto(form("T9"));
    await fill(page, 3);
    const second = page.locator('details[data-open-of="cutting.b"]');
    assert.equal(await second.evaluate((part) => part.open), false);
    await choose(page, "cutting_form", "b");
    await page.waitForFunction(() => document.querySelector('details[data-open-of="cutting.b"]').open);
    await choose(page, "cutting.b", 1);
    await choose(page, "cutting_form", "a");
    await page.waitForFunction(() => document.querySelector('details[data-open-of="cutting"]').open);
    assert.equal(await page.locator('input[name="cutting"]:checked').inputValue(), "3");
    await choose(page, "cutting_form", "b");
    await page.waitForFunction(() => /35\/48/.test(document.querySelector(".totals").textContent));
    await save(page);
    await confirm(page, "tube placed elsewhere");
    await page.waitForURL("**/visits/MN3");
    await page.goto(form("T9"));
    assert.equal(await page.locator('input[name="cutting.b"]:checked').inputValue(), "1");
    assert.deepEqual(trouble.filter((line) => !/status of 422/.test(line)), []);
});

test("after a gastrostomy item 5b is asked without a key more, and keys follow the choice", async () => {
    alstrack(study.study, "event", "add", "T10", "gastrostomy", "2014-01-10");
    const { page } = await open();
    await page.goto(form("T10"));
    for (const digit of "444444444444") await page.keyboard.press(digit);
    assert.equal(await page.locator('input[name="cutting.b"]:checked').inputValue(), "4");
    assert.equal(await page.locator('input[name="cutting"]:checked').count(), 0);
    await page.locator('input[name="cutting_form"][value="b"]').focus();
    await page.keyboard.press("1");
    await page.waitForFunction(() => document.activeElement?.name === "cutting");
});

test("item 5b without scripts: both wordings can be reached", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await page.goto(form("T11"));
    await fill(page, 3);
    await choose(page, "cutting_form", "b");
    await click(page.locator('details[data-open-of="cutting.b"] > summary'));
    await choose(page, "cutting.b", 0);
    await save(page);
    await confirm(page, "tube placed elsewhere");
    assert.match(await notice(page), /Total 34\/48/);
});

test("two people at one form: the second sees who, when and which fields, and chooses", async () => {
    const first = await open(), second = await open();
    await first.page.goto(form("T12"));
    await fill(first.page, 3);
    await save(first.page);
    await first.page.goto(form("T12"));
    await second.page.goto(form("T12"));
    await choose(second.page, "walking", 2);
    await choose(second.page, "speech", 4);
    await second.page.locator("select[name=why-code]").selectOption("source corrected");
    await save(second.page);
    await choose(first.page, "walking", 1);
    await choose(first.page, "stairs", 2);
    await first.page.locator("select[name=why-code]").selectOption("late information");
    const [answer] = await Promise.all([first.page.waitForResponse((r) => r.url().endsWith("/alsfrsr")), save(first.page)]);
    assert.equal(answer.status(), 409);
    assert.match(await heading(first.page), /Changed meanwhile/);
    assert.match(await notice(first.page), /tester saved this form at .*source corrected.*3 fields differ/s);
    assert.deepEqual(await axe(first.page), []);
    const chosen = (name) => first.page.locator(`input[name="merge.${name}"]:checked`);
    assert.equal(await chosen("speech").inputValue(), "theirs", "only they changed it");
    assert.equal(await chosen("stairs").inputValue(), "yours", "only you changed it");
    assert.equal(await chosen("walking").count(), 0, "both changed it");
    await first.page.locator("select[name=why-code]").selectOption("late information");
    await click(first.page.getByRole("button", { name: "Save what is chosen" }));
    assert.match(await first.page.locator("[data-error-summary]").innerText(), /Walking: choose one/);
    await choose(first.page, "merge.walking", "yours");
    await first.page.locator("select[name=why-code]").selectOption("late information");
    await click(first.page.getByRole("button", { name: "Save what is chosen" }));
    assert.match(await notice(first.page), /corrected/);
    await first.page.goto(form("T12"));
    for (const [item, value] of [["speech", "4"], ["walking", "1"], ["stairs", "2"]])
        assert.equal(await first.page.locator(`input[name="${item}"]:checked`).inputValue(), value);
});

test("two who both enter a new form meet on the merge page too", async () => {
    const first = await open({ javaScriptEnabled: false }), second = await open({ javaScriptEnabled: false });
    await first.page.goto(form("T13"));
    await second.page.goto(form("T13"));
    await fill(second.page, 2);
    await save(second.page);
    await fill(first.page, 3);
    await save(first.page);
    assert.match(await heading(first.page), /Changed meanwhile/);
    assert.match(await notice(first.page), /11 fields differ/);
});

test("a second rater has a form of their own, and sees that there is one", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await page.goto(form("T14"));
    await page.locator("input[name=rater]").fill("AB");
    await fill(page, 3);
    await save(page);
    await page.goto(form("T14"));
    assert.match(await notice(page), /already by rater: AB/);
    await fill(page, 3);
    await save(page);
    assert.match(await page.locator("main").textContent(), /stored by AB, too: analyses take the mean/);
    await page.goto(form("T14"));
    await click(page.getByRole("link", { name: "AB", exact: true }));
    assert.equal(await page.locator('input[name="walking"]:checked').inputValue(), "3");
});

test("a draft under a rater's name is found again from the visit and from the bare form", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await page.goto(form("T23"));
    await page.locator("input[name=rater]").fill("CD");
    await choose(page, "walking", 2);
    await click(page.getByRole("button", { name: "Keep as draft" }));
    assert.equal(await page.locator('input[name="walking"]:checked').inputValue(), "2");
    await page.goto("/patients/T23/visits/MN3");
    assert.match(await page.locator("tr", { hasText: "ALSFRS-R" }).innerText(), /not yet.*draft.*CD/s);
    await page.goto(form("T23"));
    assert.match(await notice(page), /You have a draft of this form by rater: CD/);
});

test("an assessment that was not done has a reason and no answers", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await page.goto(form("T15"));
    await page.locator("select[name=reason]").selectOption("too_weak");
    await save(page);
    assert.match(await page.locator("table").innerText(), /not done: too weak/);
});

test("the value before stands beside an answer once it is given", async () => {
    const { page } = await open();
    alstrack(study.study, "record", "T16", "D0", "alsfrsr", "--date", "2014-03-03", ...items.map((item) => `${item}=4`));
    await page.goto(form("T16"));
    assert.equal(await page.locator('[data-score-of="before.walking"]').innerText(), "");
    await choose(page, "walking", 2);
    await page.waitForFunction(() => /D0: 4 normal; now -2/.test(document.querySelector('[data-score-of="before.walking"]').textContent));
});

test("saving can go on to the next form of the visit", async () => {
    const { page } = await open();
    await page.goto(form("T17"));
    for (const digit of "444444444444") await page.keyboard.press(digit);
    await page.locator("input[name=rater]").fill("EF");
    await Promise.all([page.waitForURL("**/visits/MN3/fvc?rater=EF"), page.keyboard.press("Control+Enter")]);
    assert.equal(await page.locator("input[name=date]").inputValue(), TODAY, "what the visit says is not asked again");
});

test("a visit is recorded with its procedures, and not done with a reason", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await page.goto("/patients/T18/visits/SCR");
    await page.locator("input[name=date]").fill("2013-12-02");
    await page.locator('select[name="mri.status"]').selectOption("not-done");
    await click(page.getByRole("button", { name: "Save the visit" }));
    assert.match(await page.locator("[data-error-summary]").innerText(), /mri: say why it was not done/);
    await page.locator('select[name="mri.reason"]').selectOption("refused");
    await page.locator('select[name="labs.status"]').selectOption("done");
    await click(page.getByRole("button", { name: "Save the visit" }));
    assert.match(await notice(page), /The visit is saved/);
    assert.equal(await page.locator('input[name="labs.date"]').inputValue(), "2013-12-02");
    await page.goto("/patients/T18/visits/MN1");
    await page.locator("input[name=date]").fill("");
    await page.locator("select[name=reason]").selectOption("lost");
    await click(page.getByRole("button", { name: "Save the visit" }));
    assert.match(await notice(page), /The visit is saved/);
});

test("a patient is registered, refused twice, and corrected with a reason", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await page.goto("/patients/new");
    await page.locator("input[name=patient]").fill("NEW-1");
    await page.locator("input[name=height_cm]").fill("17 m");
    await click(page.getByRole("button", { name: "Register" }));
    assert.match(await page.locator("[data-error-summary]").innerText(), /Height: expected a number/);
    await page.locator("input[name=height_cm]").fill("172");
    await page.locator("select[name=site]").selectOption("RST");
    await page.locator("input[name=birth_date]").fill("1960-05");
    await click(page.getByRole("button", { name: "Register" }));
    assert.match(page.url(), /\/patients\/NEW-1$/);
    await page.goto("/patients/new");
    await page.locator("input[name=patient]").fill("NEW-1");
    await click(page.getByRole("button", { name: "Register" }));
    assert.match(await page.locator("[data-error-summary]").innerText(), /registered already/);
    await page.goto("/patients/NEW-1/edit");
    await page.locator("select[name=sex]").selectOption("F");
    await page.locator("input[name=height_cm]").fill("168");
    await click(page.getByRole("button", { name: "Save" }));
    assert.match(await page.locator("[data-error-summary]").innerText(), /stored value changes/);
    await page.locator("select[name=why-code]").selectOption("transcription error");
    await click(page.getByRole("button", { name: "Save" }));
    assert.match(alstrack(study.study, "patient", "show", "NEW-1", "--format", "csv"), /height_cm,168/);
});

test("an event is added, corrected and taken out, each with what it needs", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await page.goto("/patients/T19/events/new?event=infusion");
    assert.equal(await page.locator("select[name=event]").inputValue(), "infusion");
    await page.locator("input[name=date]").fill("2014-05");
    await page.locator("input[name=value]").fill("50000000");
    await page.locator("input[name=unit]").fill("cells");
    await click(page.getByRole("button", { name: "Save" }));
    assert.match(await page.locator("[data-error-summary]").innerText(), /Date.*not a day/);
    await page.locator("input[name=date]").fill("2014-05-05");
    await click(page.getByRole("button", { name: "Save" }));
    assert.match(await page.locator("[data-error-summary]").innerText(), /2 infusions, 1 planned: say why it is right/);
    for (const reason of await page.getByLabel("It is right, because").all()) await reason.fill("ordered by the sponsor");
    await click(page.getByRole("button", { name: "Save" }));
    assert.match(alstrack(study.study, "event", "list", "T19", "--format", "csv"), /infusion,2014-05-05,50000000,cells/);
    await page.goto("/patients/T19/events/infusion/2014-05-05");
    await page.locator("input[name=value]").fill("60000000");
    await page.locator("select[name=why-code]").selectOption("source corrected");
    await click(page.getByRole("button", { name: "Save" }));
    await page.getByLabel("It is right, because").fill("counted again");
    await click(page.getByRole("button", { name: "Save" }));
    assert.match(alstrack(study.study, "event", "list", "T19", "--format", "csv"), /2014-05-05,60000000/);
    await page.goto("/patients/T19/events/infusion/2014-05-05");
    await click(page.getByRole("button", { name: "Take out" }));
    assert.match(await page.locator("[data-error-summary]").innerText(), /changes what is stored/);
    await page.getByLabel("Reason for taking it out").fill("wrong patient");
    await click(page.getByRole("button", { name: "Take out" }));
    assert.doesNotMatch(alstrack(study.study, "event", "list", "T19", "--format", "csv"), /2014-05-05/);
});

test("an adverse event is added with its grade and causes, and corrected", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await page.goto("/patients/T20/ae/new?visit=MN3");
    await page.locator("input[name=onset]").fill("2014-05-20");
    await page.locator("input[name=end]").fill("2014-05-10");
    await page.locator('input[name=grade][value="2"]').check();
    await click(page.getByRole("button", { name: "Save" }));
    assert.match(await page.locator("[data-error-summary]").innerText(), /What happened/);
    await page.locator("input[name=term]").fill("headache");
    await click(page.getByRole("button", { name: "Save" }));
    assert.match(await page.locator("[data-error-summary]").innerText(), /before/);
    await page.locator("input[name=end]").fill("2014-05");
    await page.locator('input[name=serious][value="N"]').check();
    await click(page.getByRole("button", { name: "Save" }));
    assert.match(await page.locator("table").innerText(), /headache\s+2.*2014-05-20\s+2014-05\s+no/s);
    await click(page.getByRole("link", { name: "1", exact: true }));
    await page.locator("input[name=outcome]").fill("recovered");
    await page.locator("select[name=why-code]").selectOption("late information");
    await click(page.getByRole("button", { name: "Save" }));
    assert.match(await page.locator("table").innerText(), /recovered/);
});

test("an adverse event is entered with the keyboard alone", async () => {
    const { page, trouble } = await open();
    await page.goto("/patients/T24/ae/new?visit=MN3");
    await page.locator("input[name=term]:focus").waitFor();
    await page.keyboard.type("headache");
    await page.keyboard.press("Tab");
    await page.keyboard.type("20140520");
    assert.equal(await page.locator("input[name=onset]").inputValue(), "2014-05-20");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    for (const key of "2NN") await page.keyboard.press(key);
    await Promise.all([page.waitForURL("**/T24/ae"), page.keyboard.press("Control+s")]);
    assert.match(await page.locator("table").innerText(), /headache\s+2.*2014-05-20\s+ongoing\s+no/s);
    assert.deepEqual(trouble, []);
});

test("a record that changed meanwhile is not overwritten unseen", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await page.goto("/patients/T20/edit");
    alstrack(study.study, "patient", "edit", "T20", "--onset-site", "bulbar", "--reason", "seen in the file");
    await page.locator("input[name=arm]").fill("A");
    await page.locator("select[name=why-code]").selectOption("late information");
    const [answer] = await Promise.all([page.waitForResponse((r) => r.request().method() === "POST"),
        page.getByRole("button", { name: "Save" }).click()]);
    assert.equal(answer.status(), 409);
    assert.match(await page.locator("[data-error-summary]").innerText(), /Site of onset was changed meanwhile by tester at \d\d:\d\d:\d\d, because: seen in the file: it is 'bulbar' now/);
    assert.match(alstrack(study.study, "patient", "show", "T20", "--format", "csv"), /onset_site,bulbar/);
});

test("a query is raised on a field, and the form shows it there", async () => {
    const late = await serve(study.study, "--as-of", "2199-12-31"); // queries are of today
    try {
        const { page } = await enter(browser, late, { javaScriptEnabled: false });
        await page.goto(form("T8"));
        await click(page.getByRole("link", { name: "Query about 8. Walking" }));
        await click(page.getByRole("button", { name: "Open the query" }));
        assert.match(await page.locator("[data-error-summary]").innerText(), /needs its question/);
        await page.getByLabel(/explained/).fill("Was this with a stick?");
        await click(page.getByRole("button", { name: "Open the query" }));
        const shown = page.locator(".finding.query", { hasText: "Was this with a stick?" });
        assert.match(await shown.innerText(), /Query open.*Was this with a stick\?/);
        await choose(page, "speech", 1);
        await shown.getByLabel(/^Answer to query/).fill("yes, with a stick");
        await click(shown.getByRole("button", { name: /^Answer query/ }));
        assert.match(await shown.innerText(), /Query answered.*tester said: yes, with a stick/s);
        assert.equal(await page.locator('input[name="speech"]:checked').inputValue(), "1", "what was typed stays");
        assert.equal(await page.goto(await shown.getByRole("link").getAttribute("href")).then((r) => r.status()), 200);
    } finally {
        await late.stop();
    }
});

test("forms of every instrument are accessible, narrow, and print", async () => {
    const { page, trouble } = await open();
    const instruments = JSON.parse(alstrack(study.study, "instrument", "list", "--format", "json"));
    assert.ok(instruments.length > 3);
    const found = [];
    for (const path of ["alsfrsr", "fvc", "screening", "stms", "bdi-total", "ae-review"].flatMap((code) =>
        [form("T1", code), `${form("T1", code)}/print`, `${form("T1", code)}/print?blank=1`])) {
        await page.setViewportSize({ width: 1280, height: 800 });
        assert.equal((await page.goto(path)).status(), 200, path);
        for (const violation of await axe(page)) found.push(`${path}: ${violation}`);
        await page.setViewportSize({ width: 320, height: 640 });
        if (await overflow(page) > 0) found.push(`${path}: too wide at 320`);
    }
    assert.deepEqual(found, []);
    assert.deepEqual(trouble, []);
});
