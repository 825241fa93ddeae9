// The script by itself, on a form written as page.h says: keys, live totals, drafts, guard, dates.
// The server's part is played by the test, so that each answer can be late, odd or missing.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { enter, launch, makeStudy, serve } from "./lib.mjs";

const question = (name, choices) => `
  <fieldset data-question="${name}"><legend>${name}</legend>
    ${choices.map((c) => `<input type="radio" id="${name}-${c}" name="${name}" value="${c}" data-key="${c}"><label for="${name}-${c}">${c}</label>`).join("")}
    <details data-missing><summary>No answer</summary><select name="${name}.reason" aria-label="why"><option value=""></option><option data-key="1">refused</option></select></details>
    <a data-history href="/history/${name}">before</a>
  </fieldset>`;
const FORM = `<!DOCTYPE html><html lang="en"><title>t</title><script src="/assets/alstrack.js" defer></script>
  <form method="post" action="/saved" data-entry data-guard data-score="/score" data-draft="/draft"
        data-previous="/previous" data-next="/next">
  <input type="hidden" name="token" value="t0"><input type="hidden" name="draft" value="v0">
  ${question("speech", ["4", "3", "2"])}${question("walking", ["4", "3", "2"])}
  <label for="day">Day</label><input id="day" name="day" data-date>
  <label for="said">Answer</label><input id="said" name="answer.1">
  <label for="note">Note</label><textarea id="note" name="note"></textarea>
  <output data-score-of="total">old</output><span data-draft-state></span>
  <details data-help><summary>Help</summary></details>
  <button data-save name="do" value="save">Save</button>
  <button data-save-next name="do" value="next">Save and next</button>
  </form>`;

let study, server, browser, context;
before(async () => {
    study = makeStudy();
    server = await serve(study.study);
    browser = await launch();
    ({ context } = await enter(browser, server));
});
after(async () => {
    await browser?.close();
    await server?.stop();
    study?.remove();
});

// A page with the form, and what it sent where.
async function open({ score = () => ({ texts: { total: "7 of 8" } }), draft = () => ({ text: "Draft saved 14:02:11" }) } = {}) {
    const page = await context.newPage(), sent = [];
    const take = (name, answer) => page.route(`**/${name}`, async (route) => {
        sent.push([name, new URLSearchParams(route.request().postData() ?? "")]);
        await answer(route);
    });
    const json = (make) => async (route) => {
        const body = make();
        if (body) await route.fulfill({ json: body });
        else await route.fulfill({ status: 503, body: "busy" });
    };
    const html = (route) => route.fulfill({ contentType: "text/html", body: "<title>there</title>" });
    await page.route("**/form", (route) => route.fulfill({ contentType: "text/html", body: FORM }));
    await take("score", json(score));
    await take("draft", json(draft));
    for (const name of ["saved", "previous", "next", "history/speech"]) await take(name, html);
    await page.goto(`${server.base}/form`);
    return { page, sent, of: (name) => sent.filter(([n]) => n === name).map(([, fields]) => fields) };
}
const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.name || document.activeElement.tagName);

test("a key for each answer fills the form", async () => {
    const { page } = await open();
    assert.equal(await focused(page), "speech-4", "ready for the first key");
    await page.keyboard.press("3");
    assert.equal(await page.locator("#speech-3").isChecked(), true);
    assert.equal(await focused(page), "walking-4");
    await page.keyboard.press("2");
    assert.equal(await page.locator("#walking-2").isChecked(), true);
    assert.equal(await focused(page), "do", "then Save");
    await page.close({ runBeforeUnload: false });
});

test("Backspace goes back, and a key changes the answer", async () => {
    const { page } = await open();
    await page.keyboard.press("3");
    await page.keyboard.press("Backspace");
    assert.equal(await focused(page), "speech-3");
    await page.keyboard.press("4");
    assert.equal(await page.locator("#speech-4").isChecked(), true);
    assert.equal(await page.locator("#speech-3").isChecked(), false);
    await page.close();
});

test("a key that no answer has does nothing", async () => {
    const { page } = await open();
    await page.keyboard.press("9");
    assert.equal(await page.locator("input:checked").count(), 0);
    assert.equal(await focused(page), "speech-4");
    await page.close();
});

for (const key of ["m", "."]) {
    test(`${key} asks why there is no answer`, async () => {
        const { page } = await open();
        await page.keyboard.press(key);
        assert.equal(await focused(page), "speech.reason");
        await page.keyboard.press("m"); // in a list of reasons, m is a letter
        assert.equal(await focused(page), "speech.reason");
        await page.close();
    });
}

test("a key chooses the reason too, and leads on", async () => {
    const { page } = await open();
    for (const key of "m1") await page.keyboard.press(key);
    assert.equal(await page.locator("select[name='speech.reason']").inputValue(), "refused");
    assert.equal(await focused(page), "walking-4");
    await page.close();
});

test("letters in a text stay letters", async () => {
    const { page, of } = await open();
    await page.locator("#note").focus();
    await page.keyboard.type("s m . 3 [ ] ? h");
    assert.equal(await page.locator("#note").inputValue(), "s m . 3 [ ] ? h");
    assert.equal(await page.locator("input:checked").count(), 0);
    assert.equal(of("saved").length, 0);
    await page.close();
});

for (const [keys, value] of [["s", "save"], ["Control+s", "save"], ["Control+Enter", "next"]]) {
    test(`${keys} sends the form with ${value}`, async () => {
        const { page, of } = await open();
        await page.keyboard.press("3");
        await page.keyboard.press(keys);
        await page.waitForURL("**/saved");
        const [fields] = of("saved");
        assert.equal(fields.get("speech"), "3");
        assert.equal(fields.get("do"), value);
        assert.equal(fields.get("token"), "t0");
        await page.close();
    });
}

for (const [key, to] of [["[", "previous"], ["]", "next"], ["h", "history/speech"]]) {
    test(`${key} goes to ${to}`, async () => {
        const { page } = await open();
        await page.keyboard.press(key);
        await page.waitForURL(`**/${to}`);
        await page.close();
    });
}

test("? opens the help", async () => {
    const { page } = await open();
    await page.keyboard.press("?");
    assert.equal(await page.locator("details[data-help]").evaluate((d) => d.open), true);
    await page.close();
});

test("totals are the server's, and none is better than an old one", async () => {
    let total = "7 of 8";
    const { page, of } = await open({ score: () => total && { texts: { total } } });
    await page.keyboard.press("3");
    await page.getByText("7 of 8").waitFor();
    assert.equal(of("score").at(-1).get("speech"), "3");
    total = null;
    await page.keyboard.press("3");
    await page.waitForFunction(() => document.querySelector("output").textContent === "");
    await page.close();
});

test("a draft is kept two seconds after the last change, and says so", async () => {
    const { page, of } = await open();
    await page.keyboard.press("3");
    await page.keyboard.press("2");
    assert.equal(of("draft").length, 0);
    await page.getByText("Draft saved 14:02:11").waitFor();
    assert.equal(of("draft").length, 1, "one for both");
    assert.equal(of("draft")[0].get("walking"), "2");
    assert.equal(of("draft")[0].get("token"), "t0");
    await page.close();
});

test("leaving a field keeps the draft at once", async () => {
    const { page, of } = await open();
    await page.locator("#note").fill("fell twice");
    await page.locator("#day").focus();
    await page.getByText("Draft saved").waitFor({ timeout: 1500 });
    assert.equal(of("draft")[0].get("note"), "fell twice");
    await page.close();
});

test("each draft says which one it goes on from", async () => {
    const { page, of } = await open({ draft: () => ({ text: "Draft saved", draft: "v1", kept: true }) });
    await page.keyboard.press("3");
    await page.getByText("Draft saved").waitFor();
    await page.keyboard.press("2");
    await page.waitForFunction(() => document.querySelector("[name=draft]").value === "v1");
    await page.locator("#note").fill("fell");
    await page.locator("#day").focus();
    await page.waitForTimeout(500);
    assert.deepEqual(of("draft").map((fields) => fields.get("draft")), ["v0", "v1"]);
    await page.close();
});

test("what the draft does not hold is not left without asking", async () => {
    for (const [kept, answer] of [[false, ""], [true, "an answer to a query"]]) {
        const { page } = await open({ draft: () => ({ text: "Heard", draft: "v1", kept }) });
        const asked = [];
        page.on("dialog", (dialog) => {
            asked.push(dialog.type());
            return dialog.dismiss();
        });
        await page.keyboard.press("3");
        await page.locator("#said").fill(answer);
        await page.locator("#day").focus();
        await page.getByText("Heard").waitFor();
        await page.evaluate(() => { setTimeout(() => window.location.assign("/next")); });
        await page.waitForTimeout(500);
        assert.deepEqual(asked, ["beforeunload"], `kept ${kept}`);
        await page.close();
    }
});

test("a draft that could not be kept says so", async () => {
    const { page } = await open({ draft: () => null });
    await page.keyboard.press("3");
    await page.getByText("The draft is not saved").waitFor();
    await page.close();
});

test("changes that nothing has kept are not left without asking", async () => {
    const { page } = await open({ draft: () => null });
    const asked = [];
    page.on("dialog", (dialog) => {
        asked.push(dialog.type());
        return dialog.dismiss();
    });
    await page.keyboard.press("3");
    await page.evaluate(() => { setTimeout(() => window.location.assign("/next")); });
    await page.waitForTimeout(500);
    assert.deepEqual(asked, ["beforeunload"]);
    assert.match(page.url(), /\/form$/);
    await page.close();
});

test("changes that a draft has kept are left without asking", async () => {
    const { page } = await open();
    page.on("dialog", () => assert.fail("asked"));
    await page.keyboard.press("3");
    await page.getByText("Draft saved").waitFor();
    await page.evaluate(() => { setTimeout(() => window.location.assign("/next")); });
    await page.waitForURL("**/next");
    await page.close();
});

for (const [typed, kept] of [["20240307", "2024-03-07"], ["2024", "2024"], ["202403", "2024-03"], ["2024-03-07", "2024-03-07"]]) {
    test(`the date ${typed} becomes ${kept}`, async () => {
        const { page } = await open();
        await page.locator("#day").focus();
        await page.keyboard.type(typed);
        await page.locator("#note").focus();
        assert.equal(await page.locator("#day").inputValue(), kept);
        await page.close();
    });
}
