// Forms in a study with users: locks, roles, signatures, and somebody else's draft.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { alstrack, axe, click, launch, overflow, serve, watch } from "./lib.mjs";
import { addPatient, makeEmptyStudy } from "./entry.mjs";

const PASSWORD = "correct horse battery";
let study, server, browser, as;
before(async () => {
    study = makeEmptyStudy("mayo-nct01609283");
    for (let i = 1; i <= 6; i++) addPatient(study.study, `T${i}`, "RST");
    const file = `${study.study}.password`;
    writeFileSync(file, `${PASSWORD}\n`);
    as = ["--user", "anna", "--password-file", file];
    const user = (name, role, ...more) => alstrack(study.study, "user", "add", name, "--role", role,
        "--full-name", `${name} Nova`, "--new-password-file", file, ...more, ...(name === "anna" ? [] : as));
    user("anna", "admin");
    user("cora", "coordinator", "--site", "RST");
    user("dora", "data-manager");
    user("rita", "read-only");
    server = await serve(study.study);
    browser = await launch();
});
after(async () => {
    await browser?.close();
    await server?.stop();
    study?.remove();
});
const logIn = async (user, options = {}) => {
    const context = await browser.newContext({ baseURL: server.base, ...options });
    const page = await context.newPage(), trouble = [];
    page.setDefaultTimeout(10000);
    watch(page, server, trouble);
    await page.goto("/login");
    await page.getByLabel("User").fill(user);
    await page.getByLabel("Password").fill(PASSWORD);
    await click(page.getByRole("button", { name: "Log in" }));
    return { page, trouble, context };
};
const form = (patient) => `/patients/${patient}/visits/MN3/alsfrsr`;
const enterAll = async (page, patient) => {
    await page.goto(form(patient));
    for (const digit of "444444444444") await page.keyboard.press(digit);
    await Promise.all([page.waitForURL("**/visits/MN3"), page.keyboard.press("s")]);
};

test("a locked visit is shown with who locked it when, and cannot be written", async () => {
    const { page } = await logIn("cora");
    await enterAll(page, "T1");
    await page.goto(form("T1"));
    const token = await page.locator("form.entry input[name=token]").inputValue();
    alstrack(study.study, "lock", "visit", "T1", "MN3", ...as);
    for (const path of [form("T1"), "/patients/T1/visits/MN3"]) {
        await page.goto(path);
        assert.match(await page.locator(".notice").first().innerText(), /Read only.*locked.*anna/i);
        assert.equal(await page.locator("button", { hasText: "Save" }).count(), 0);
        assert.deepEqual(await axe(page), []);
    }
    const answer = await page.evaluate(async ({ path, token }) => {
        const sent = await fetch(path, { method: "POST", body: new URLSearchParams({ token, date: "2014-06-01", walking: "1",
            "row-change": "99", "why-text": "x", do: "save" }) });
        return { status: sent.status, text: await sent.text() };
    }, { path: form("T1"), token });
    assert.ok([403, 409].includes(answer.status), `${answer.status}`);
});

test("who may only read sees values without a button to save, and posting is refused", async () => {
    const coordinator = await logIn("cora");
    await enterAll(coordinator.page, "T2");
    const { page } = await logIn("rita");
    await page.goto(form("T2"));
    assert.equal(await page.locator('input[name="walking"]:checked').inputValue(), "4");
    assert.equal(await page.locator('input[name="walking"]').first().isDisabled(), true);
    assert.equal(await page.locator("button", { hasText: "Save" }).count(), 0);
    assert.deepEqual(await axe(page), []);
    const token = await page.locator(".who input[name=token]").inputValue();
    for (const path of [form("T2"), `${form("T2")}/draft`, "/patients/T2/visits/MN3", "/patients/new", "/patients/T2/edit",
        "/patients/T2/events/new", "/patients/T2/ae/new", `${form("T2")}/ask/walking`, "/sign/T2/MN3"]) {
        const status = await page.evaluate(async ({ path, token }) =>
            (await fetch(path, { method: "POST", body: new URLSearchParams({ token, walking: "1" }) })).status, { path, token });
        assert.equal(status, 403, path);
    }
    assert.equal((await page.goto("/patients/new")).status(), 403);
    assert.match(await page.locator("h1").innerText(), /Not permitted/);
});

test("somebody else's draft is told: who, and since when", async () => {
    const one = await logIn("cora"), two = await logIn("dora");
    await one.page.goto(form("T3"));
    await one.page.keyboard.press("3");
    await one.page.waitForFunction(() => /Draft saved/.test(document.querySelector("[data-draft-state]").textContent));
    await two.page.goto(form("T3"));
    assert.match(await two.page.locator(".notice").first().innerText(), /Also open by cora since \d\d:\d\d:\d\d/);
    assert.equal(await two.page.locator('input[name="speech"]:checked').count(), 0, "drafts are each user's own");
});

test("the merge page names the other person", async () => {
    const one = await logIn("cora", { javaScriptEnabled: false }), two = await logIn("dora");
    await one.page.goto(form("T4"));
    await enterAll(two.page, "T4");
    await one.page.locator('input[name="walking"][value="2"]').check();
    await click(one.page.getByRole("button", { name: "Save", exact: true }));
    assert.match(await one.page.locator("h1").innerText(), /Changed meanwhile/);
    assert.match(await one.page.locator(".notice").first().innerText(), /dora saved this form at \d\d:\d\d:\d\d/);
});

test("a visit is signed with the password, and the signature falls when the visit changes", async () => {
    const { page, trouble } = await logIn("cora");
    await enterAll(page, "T5");
    await click(page.getByRole("link", { name: "Sign this visit" }));
    assert.match(await page.locator("main").innerText(), /You sign as cora Nova \(cora\)/);
    assert.deepEqual(await axe(page), []);
    await page.setViewportSize({ width: 320, height: 640 });
    assert.equal(await overflow(page), 0);
    await page.getByLabel("reviewed and correct").check();
    await page.getByLabel("Your password, once more").fill("wrong horse battery");
    await click(page.getByRole("button", { name: "Sign" }));
    assert.match(await page.locator("[data-error-summary]").innerText(), /password/);
    await page.getByLabel("Your password, once more").fill(PASSWORD);
    await click(page.getByRole("button", { name: "Sign" }));
    const signatures = page.locator("main ul").last();
    assert.match(await signatures.innerText(), /cora Nova \(cora\).*reviewed and correct.*valid/s);
    await page.goto(form("T5"));
    await page.locator('input[name="walking"][value="3"]').check();
    await page.locator("select[name=why-code]").selectOption("transcription error");
    await Promise.all([page.waitForURL("**/visits/MN3"), page.getByRole("button", { name: "Save", exact: true }).click()]);
    assert.match(await page.locator("main ul").last().innerText(), /invalid: changed by change set \d+/);
    assert.deepEqual(trouble.filter((line) => !/status of 422/.test(line)), []);
});
